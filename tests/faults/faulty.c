/* Calls of the C library that fail when they are told to. Preloaded by inject.py.

   FAULT_CALL   the function, such as write
   FAULT_WHEN   which of its calls, from 1 on
   FAULT_MODE   a number: that error; "short": a third of what was asked for, at every call from then on;
                "again": EINTR at every second call from then on; "run": FAULT_COMMAND is run, then all goes on
   FAULT_COUNT  a file that gets the number of calls of each function, at the end of the process */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN, READ, WRITE, FSYNC, FDATASYNC, UNLINK, SEEK, STAT, THREAD, DUP, CALLS };
static const char *NAMES[CALLS] = { "open", "read", "write", "fsync", "fdatasync", "unlink", "lseek", "statx", "pthread_create", "dup" };
static atomic_int counts[CALLS];
static int chosen = -1, when, number;
static enum { ERROR, SHORT, AGAIN, RUN } mode;

__attribute__((constructor)) static void begin(void) {
    const char *call = getenv("FAULT_CALL"), *how = getenv("FAULT_MODE"), *which = getenv("FAULT_WHEN");
    for (int i = 0; call && how && i < CALLS; i++) {
        if (!strcmp(call, NAMES[i])) { chosen = i; }
    }
    when = which ? atoi(which) : 0;
    if (how) {
        mode = !strcmp(how, "short") ? SHORT : !strcmp(how, "again") ? AGAIN : !strcmp(how, "run") ? RUN : ERROR;
        number = atoi(how);
    }
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) { return; }
    for (int i = 0; i < CALLS; i++) { fprintf(file, "%s %d\n", NAMES[i], counts[i]); }
    fclose(file);
}

/* Whether this call fails, with errno set; *length may be cut. */
static int fails(int call, size_t *length) {
    int now = atomic_fetch_add(&counts[call], 1) + 1;
    if (call != chosen || now < when) { return 0; }
    switch (mode) {
    case ERROR:
        if (now != when) { return 0; }
        errno = number;
        return 1;
    case SHORT:
        if (length && *length > 2) { *length /= 3; }
        return 0;
    case AGAIN:
        if ((now - when) % 2) { return 0; }
        errno = EINTR;
        return 1;
    case RUN:
        if (now == when) {
            unsetenv("LD_PRELOAD");
            if (system(getenv("FAULT_COMMAND"))) { abort(); }
        }
        return 0;
    }
    return 0;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) { real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name); }

int open64(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t bits = va_arg(list, mode_t);
    va_end(list);
    REAL(int, "open64", const char *, int, ...)
    return fails(OPEN, NULL) ? -1 : real(path, flags, bits);
}

ssize_t read(int fd, void *buffer, size_t length) {
    REAL(ssize_t, "read", int, void *, size_t)
    return fails(READ, &length) ? -1 : real(fd, buffer, length);
}

ssize_t write(int fd, const void *buffer, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t)
    /* Messages are not what is judged here. */
    if (fd <= 2) { return real(fd, buffer, length); }
    return fails(WRITE, &length) ? -1 : real(fd, buffer, length);
}

int fsync(int fd) {
    REAL(int, "fsync", int)
    return fails(FSYNC, NULL) ? -1 : real(fd);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int)
    return fails(FDATASYNC, NULL) ? -1 : real(fd);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *)
    return fails(UNLINK, NULL) ? -1 : real(path);
}

off64_t lseek64(int fd, off64_t offset, int whence) {
    REAL(off64_t, "lseek64", int, off64_t, int)
    return fails(SEEK, NULL) ? -1 : real(fd, offset, whence);
}

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict found) {
    REAL(int, "statx", int, const char *, int, unsigned, struct statx *)
    return fails(STAT, NULL) ? -1 : real(folder, path, flags, mask, found);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    REAL(int, "pthread_create", pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)
    return fails(THREAD, NULL) ? errno : real(thread, attributes, start, argument);
}

int fcntl(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    long argument = va_arg(list, long);
    va_end(list);
    REAL(int, "fcntl", int, int, ...)
    return command == F_DUPFD_CLOEXEC && fails(DUP, NULL) ? -1 : real(fd, command, argument);
}
