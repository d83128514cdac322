#ifndef TACHO_DISK_FAULTS_H
#define TACHO_DISK_FAULTS_H

// A disk that fails when a test says so. Linked into a test program, this takes the place of the C
// library's writes and syncs for every library of the process, SQLite among them.

typedef enum {
    disk_fault_none,
    disk_fault_full,  // writes answer ENOSPC
    disk_fault_sync,  // syncs answer EIO
} disk_fault;

// From now on, this fault for the file of exactly this path, or, where the path ends with a slash,
// for every file below it; `times` times, or for good where negative.
void disk_fault_set(disk_fault fault, const char *path, int times);

// How often the fault that was set last has struck.
int disk_fault_count(void);

// From now on, whatever is synced of a file in the folder `from` is copied to the folder `to`,
// which must be there: what a power cut would leave. Both paths without a slash at their end.
void disk_keep_synced(const char *from, const char *to);

// Cuts the power: nothing more is copied. What is being copied is copied to its end.
void disk_cut_power(void);

#endif
