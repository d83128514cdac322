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

#endif
