/* Keeps, beside each SQLite file, what a power cut may take away from it: every write since the
 * last sync that succeeded, with the bytes before and after. Preloaded into the program.
 *
 * POWERLOSS_DIR names the directory of the side files:
 *   <inode>.journal   records since the last sync: struct record, the old bytes, the new ones
 *   <inode>.path      the file's path
 *   0.fault           while it exists: "sync" fails syncs with EIO, "eio" and "enospc" fail writes,
 *                     "lie" lets syncs succeed that make nothing safe
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 4096 };

struct record {
    uint32_t kind; /* 1: bytes written, 2: length changed */
    uint32_t magic;
    int64_t offset;     /* of the write; or the new length */
    int64_t old_length; /* of the file */
    int64_t old_bytes;  /* that follow */
    int64_t new_bytes;  /* that follow these */
};

static const uint32_t MAGIC = 0x54616368;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ino_t tracked[DESCRIPTORS]; /* 0: not ours */

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_close)(int);

__attribute__((constructor)) static void find_real(void) {
    real_open = dlsym(RTLD_NEXT, "open64");
    real_openat = dlsym(RTLD_NEXT, "openat64");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_close = dlsym(RTLD_NEXT, "close");
}

static void side_path(char *path, ino_t inode, const char *what) {
    snprintf(path, PATH_MAX, "%s/%llu.%s", getenv("POWERLOSS_DIR"), (unsigned long long)inode,
             what);
}

static void fail(const char *what) {
    fprintf(stderr, "powerloss shim: %s: %s\n", what, strerror(errno));
    abort();
}

static int side_file(ino_t inode, const char *what, int flags) {
    char path[PATH_MAX];
    side_path(path, inode, what);
    int fd = real_open(path, flags | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) fail(path);
    return fd;
}

static void write_all(int fd, const void *bytes, size_t length) {
    const char *next = bytes;
    while (length > 0) {
        ssize_t done = real_write(fd, next, length);
        if (done < 0) fail("side file");
        next += done;
        length -= (size_t)done;
    }
}

static int is_data(const char *path) {
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    size_t length = strlen(name);
    return getenv("POWERLOSS_DIR") && strstr(name, ".sqlite") &&
           (strcmp(name + length - 7, ".sqlite") == 0 || strcmp(name + length - 4, "-wal") == 0);
}

static int track(int fd, const char *path) {
    struct stat status;
    if (fd < 0 || fd >= DESCRIPTORS) return fd;
    tracked[fd] = 0;
    if (!is_data(path) || fstat(fd, &status) != 0) return fd;
    pthread_mutex_lock(&lock);
    tracked[fd] = status.st_ino;
    int side = side_file(status.st_ino, "path", O_WRONLY | O_TRUNC);
    write_all(side, path, strlen(path));
    real_close(side);
    pthread_mutex_unlock(&lock);
    return fd;
}

static ino_t inode_of(int fd) { return fd >= 0 && fd < DESCRIPTORS ? tracked[fd] : 0; }

static int is_faulty(const char *kind) {
    char path[PATH_MAX], text[16] = "";
    side_path(path, 0, "fault");
    int fd = real_open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    if (read(fd, text, sizeof text - 1) < 0) text[0] = 0;
    real_close(fd);
    return strncmp(text, kind, strlen(kind)) == 0;
}

/* Notes a change before it is made. Called with the lock held. */
static void note(int fd, ino_t inode, uint32_t kind, off_t offset, const void *bytes,
                 size_t length) {
    struct stat status;
    if (fstat(fd, &status) != 0) fail("fstat");
    off_t from = offset;
    off_t until = kind == 1 ? offset + (off_t)length : status.st_size;
    if (until > status.st_size) until = status.st_size;
    size_t old_bytes = until > from ? (size_t)(until - from) : 0;
    struct record record = {kind, MAGIC, offset, status.st_size, (int64_t)old_bytes,
                            (int64_t)length};
    char *text = malloc(sizeof record + old_bytes + length);
    if (!text) fail("malloc");
    memcpy(text, &record, sizeof record);
    if (old_bytes && pread(fd, text + sizeof record, old_bytes, from) != (ssize_t)old_bytes)
        fail("pread");
    if (length) memcpy(text + sizeof record + old_bytes, bytes, length);
    int side = side_file(inode, "journal", O_WRONLY | O_APPEND);
    write_all(side, text, sizeof record + old_bytes + length);
    real_close(side);
    free(text);
}

int open64(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = va_arg(list, mode_t);
    va_end(list);
    return track(real_open(path, flags, mode), path);
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = va_arg(list, mode_t);
    va_end(list);
    return track(real_open(path, flags, mode), path);
}

int openat64(int directory, const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = va_arg(list, mode_t);
    va_end(list);
    return track(real_openat(directory, path, flags, mode), path);
}

int openat(int directory, const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = va_arg(list, mode_t);
    va_end(list);
    return track(real_openat(directory, path, flags, mode), path);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
    ino_t inode = inode_of(fd);
    if (!inode) return real_pwrite(fd, bytes, length, offset);
    if (is_faulty("eio")) return errno = EIO, -1;
    if (is_faulty("enospc")) return errno = ENOSPC, -1;
    pthread_mutex_lock(&lock);
    note(fd, inode, 1, offset, bytes, length);
    ssize_t done = real_pwrite(fd, bytes, length, offset);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return pwrite64(fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    ino_t inode = inode_of(fd);
    if (!inode) return real_write(fd, bytes, length);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done = pwrite64(fd, bytes, length, offset);
    if (done > 0) lseek(fd, done, SEEK_CUR);
    return done;
}

int ftruncate64(int fd, off_t length) {
    ino_t inode = inode_of(fd);
    if (!inode) return real_ftruncate(fd, length);
    if (is_faulty("eio")) return errno = EIO, -1;
    pthread_mutex_lock(&lock);
    note(fd, inode, 2, length, NULL, 0);
    int result = real_ftruncate(fd, length);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* Nothing is written while a sync runs, so all that was noted is safe once it has succeeded. */
static int sync_with(int (*real)(int), int fd) {
    ino_t inode = inode_of(fd);
    if (!inode) return real(fd);
    if (is_faulty("sync")) return errno = EIO, -1;
    if (is_faulty("lie")) return 0;
    pthread_mutex_lock(&lock);
    int result = real(fd);
    if (result == 0) real_close(side_file(inode, "journal", O_WRONLY | O_TRUNC));
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int fd) { return sync_with(real_fsync, fd); }

int fdatasync(int fd) { return sync_with(real_fdatasync, fd); }

int close(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) tracked[fd] = 0;
    return real_close(fd);
}
