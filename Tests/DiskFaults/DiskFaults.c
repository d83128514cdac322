#define _GNU_SOURCE
#include "DiskFaults.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic disk_fault active = disk_fault_none;
static char wanted[4096];
static int left;
static int struck;

void disk_fault_set(disk_fault fault, const char *path, int times) {
    pthread_mutex_lock(&mutex);
    snprintf(wanted, sizeof wanted, "%s", path);
    left = times;
    struck = 0;
    active = fault;
    pthread_mutex_unlock(&mutex);
}

int disk_fault_count(void) {
    pthread_mutex_lock(&mutex);
    int count = struck;
    pthread_mutex_unlock(&mutex);
    return count;
}

static int strikes(disk_fault fault, int file) {
    if (active != fault) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    pthread_mutex_lock(&mutex);
    size_t count = strlen(wanted);
    int matches = count > 0 && wanted[count - 1] == '/' ? strncmp(path, wanted, count) == 0
                                                        : strcmp(path, wanted) == 0;
    int result = matches && active == fault && left != 0;
    if (result) {
        if (left > 0) left--;
        struck++;
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

static ssize_t written(int file, const void *bytes, size_t count, off_t offset) {
    if (strikes(disk_fault_full, file)) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return written(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    return written(file, bytes, count, offset);
}

static int synced(int file, long call) {
    if (strikes(disk_fault_sync, file)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, file);
}

int fdatasync(int file) { return synced(file, SYS_fdatasync); }

int fsync(int file) { return synced(file, SYS_fsync); }
