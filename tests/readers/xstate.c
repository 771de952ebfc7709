/* User-mode Linux sets the floating-point registers of its processes from a buffer whose length was
 * fixed when it was built. Kernels reject a buffer shorter than the processor's complete
 * state, which has grown (AMX). If this library is preloaded, only the start of the current state is replaced,
 * with the contents of the short buffer. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef long (*ptrace_function)(int request, ...);

long ptrace(enum __ptrace_request request, ...)
{
    static _Thread_local char state[1 << 16];
    static ptrace_function real;
    va_list arguments;
    va_start(arguments, request);
    pid_t process = va_arg(arguments, pid_t);
    void *address = va_arg(arguments, void *);
    void *data = va_arg(arguments, void *);
    va_end(arguments);
    if (!real)
        real = (ptrace_function)dlsym(RTLD_NEXT, "ptrace");
    if ((int)request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE) {
        struct iovec given = *(struct iovec *)data, now = {state, sizeof state};
        if (real(PTRACE_GETREGSET, process, address, &now) == 0 && given.iov_len < now.iov_len) {
            memcpy(state, given.iov_base, given.iov_len);
            return real(request, process, address, &now);
        }
    }
    return real(request, process, address, data);
}
