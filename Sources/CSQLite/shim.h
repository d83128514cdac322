#ifndef TACHO_CSQLITE_SHIM_H
#define TACHO_CSQLITE_SHIM_H

#include <sqlite3.h>
#include <sys/vfs.h>

// Swift cannot see SQLITE_TRANSIENT, a cast of -1 to a function pointer.
static inline int tacho_sqlite3_bind_blob(sqlite3_stmt *s, int i, const void *p, sqlite3_uint64 n) {
    return sqlite3_bind_blob64(s, i, p, n, SQLITE_TRANSIENT);
}

static inline int tacho_sqlite3_bind_text(sqlite3_stmt *s, int i, const char *p, sqlite3_uint64 n) {
    return sqlite3_bind_text64(s, i, p, n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

// sqlite3_db_config is variadic, which Swift cannot call.
static inline int tacho_sqlite3_no_checkpoint_on_close(sqlite3 *db) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

// The magic number of the file system that a path lies on, or -1; Swift's Glibc lacks statfs.
static inline long tacho_file_system_magic(const char *path) {
    struct statfs s;
    return statfs(path, &s) == 0 ? (long)s.f_type : -1;
}

#endif
