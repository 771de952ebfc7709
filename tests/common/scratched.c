/* Simulates a scratched disc when preloaded: makes sectors of the file SCRATCHED_FILE unreadable.
 * SCRATCHED_SECTORS contains the number of the first sector and the count of sectors, such as "16,1". */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t read(int file, void *buffer, size_t length)
{
    ssize_t (*real)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
    const char *scratched = getenv("SCRATCHED_FILE"), *sectors = getenv("SCRATCHED_SECTORS");
    char link[64], path[4096];
    long first, count;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t path_length = readlink(link, path, sizeof path - 1);
    if (!scratched || !sectors || path_length < 0 || sscanf(sectors, "%ld,%ld", &first, &count) != 2)
        return real(file, buffer, length);
    path[path_length] = 0;
    off_t offset = lseek(file, 0, SEEK_CUR);
    off_t from = first * 2048, to = (first + count) * 2048;
    if (strcmp(path, scratched) != 0 || offset < 0 || offset >= to || offset + (off_t)length <= from)
        return real(file, buffer, length);
    if (offset >= from) {
        errno = EIO;
        return -1;
    }
    return real(file, buffer, from - offset);
}
