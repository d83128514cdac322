#define _GNU_SOURCE
#include "DiskFaults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
static char source[4096];
static char target[4096];
static _Atomic int keeps;

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

void disk_keep_synced(const char *from, const char *to) {
    pthread_mutex_lock(&mutex);
    snprintf(source, sizeof source, "%s", from);
    snprintf(target, sizeof target, "%s", to);
    keeps = 1;
    pthread_mutex_unlock(&mutex);
}

void disk_cut_power(void) {
    pthread_mutex_lock(&mutex);
    keeps = 0;
    pthread_mutex_unlock(&mutex);
}

// Read through SQLite's own descriptor: closing another one of the file would drop its locks.
static void copy(int in, const char *to) {
    char block[65536];
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) return;
    off_t offset = 0;
    ssize_t count;
    while ((count = pread(in, block, sizeof block, offset)) > 0) {
        if (write(out, block, count) != count) break;
        offset += count;
    }
    close(out);
}

// A folder was synced: what is gone from it is gone for good.
static void forget_removed(void) {
    DIR *folder = opendir(target);
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        char here[8192], there[8192];
        snprintf(there, sizeof there, "%s/%s", source, entry->d_name);
        snprintf(here, sizeof here, "%s/%s", target, entry->d_name);
        if (entry->d_type == DT_REG && access(there, F_OK) != 0) unlink(here);
    }
    if (folder) closedir(folder);
}

static void keep(int file) {
    if (!keeps) return;
    char link[64], path[4096], to[8192];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    pthread_mutex_lock(&mutex);
    size_t count = strlen(source);
    if (keeps && strncmp(path, source, count) == 0 && path[count] == '/') {
        snprintf(to, sizeof to, "%s%s", target, path + count);
        copy(file, to);
    } else if (keeps && strcmp(path, source) == 0) {
        forget_removed();
    }
    pthread_mutex_unlock(&mutex);
}

static int synced(int file, long call) {
    if (strikes(disk_fault_sync, file)) {
        errno = EIO;
        return -1;
    }
    int result = (int)syscall(call, file);
    if (result == 0) keep(file);
    return result;
}

int fdatasync(int file) { return synced(file, SYS_fdatasync); }

int fsync(int file) { return synced(file, SYS_fsync); }
