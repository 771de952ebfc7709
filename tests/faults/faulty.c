/* Injects faults into calls of the C library. Preloaded by inject.py.

   FAULT_CALL   the function, such as write
   FAULT_WHEN   which of its calls, starting at 1
   FAULT_MODE   a number: the call fails with this errno
                "short": this call and all later ones transfer a third of the requested length
                "eintr": this call and every second one after it fail with EINTR
                "run": FAULT_COMMAND is run before this call, which then proceeds normally
   FAULT_COUNT  a file to which the number of calls of each function is written at exit */

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
static int target = -1, first_call, error;
static enum { ERROR, SHORT, INTERRUPT, RUN } mode;

__attribute__((constructor)) static void read_environment(void) {
    const char *call = getenv("FAULT_CALL"), *how = getenv("FAULT_MODE"), *which = getenv("FAULT_WHEN");
    for (int i = 0; call && how && i < CALLS; i++) {
        if (!strcmp(call, NAMES[i])) { target = i; }
    }
    first_call = which ? atoi(which) : 0;
    if (how) {
        mode = !strcmp(how, "short") ? SHORT : !strcmp(how, "eintr") ? INTERRUPT : !strcmp(how, "run") ? RUN : ERROR;
        error = atoi(how);
    }
}

__attribute__((destructor)) static void write_counts(void) {
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) { return; }
    for (int i = 0; i < CALLS; i++) { fprintf(file, "%s %d\n", NAMES[i], counts[i]); }
    fclose(file);
}

/* Returns 1 with errno set if this call must fail. May reduce *length. */
static int must_fail(int call, size_t *length) {
    int call_number = atomic_fetch_add(&counts[call], 1) + 1;
    if (call != target || call_number < first_call) { return 0; }
    switch (mode) {
    case ERROR:
        if (call_number != first_call) { return 0; }
        errno = error;
        return 1;
    case SHORT:
        if (length && *length > 2) { *length /= 3; }
        return 0;
    case INTERRUPT:
        if ((call_number - first_call) % 2) { return 0; }
        errno = EINTR;
        return 1;
    case RUN:
        if (call_number == first_call) {
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
    mode_t permissions = va_arg(list, mode_t);
    va_end(list);
    REAL(int, "open64", const char *, int, ...)
    return must_fail(OPEN, NULL) ? -1 : real(path, flags, permissions);
}

ssize_t read(int fd, void *buffer, size_t length) {
    REAL(ssize_t, "read", int, void *, size_t)
    return must_fail(READ, &length) ? -1 : real(fd, buffer, length);
}

ssize_t write(int fd, const void *buffer, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t)
    /* Messages to the user are not part of the test. */
    if (fd <= 2) { return real(fd, buffer, length); }
    return must_fail(WRITE, &length) ? -1 : real(fd, buffer, length);
}

int fsync(int fd) {
    REAL(int, "fsync", int)
    return must_fail(FSYNC, NULL) ? -1 : real(fd);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int)
    return must_fail(FDATASYNC, NULL) ? -1 : real(fd);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *)
    return must_fail(UNLINK, NULL) ? -1 : real(path);
}

off64_t lseek64(int fd, off64_t offset, int whence) {
    REAL(off64_t, "lseek64", int, off64_t, int)
    return must_fail(SEEK, NULL) ? -1 : real(fd, offset, whence);
}

int statx(int directory, const char *restrict path, int flags, unsigned mask, struct statx *restrict found) {
    REAL(int, "statx", int, const char *, int, unsigned, struct statx *)
    return must_fail(STAT, NULL) ? -1 : real(directory, path, flags, mask, found);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    REAL(int, "pthread_create", pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)
    return must_fail(THREAD, NULL) ? errno : real(thread, attributes, start, argument);
}

int fcntl(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    long argument = va_arg(list, long);
    va_end(list);
    REAL(int, "fcntl", int, int, ...)
    return command == F_DUPFD_CLOEXEC && must_fail(DUP, NULL) ? -1 : real(fd, command, argument);
}
