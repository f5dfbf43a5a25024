/*
 * For LD_PRELOAD: the driver's handshake, the same on every machine and for every build of a driver.
 *
 * - /.dockerenv exists when HANDSHAKE_DOCKER is set, and not otherwise.
 * - The driver's platform ends before the compiler's flags (" CFLAGS=…", " LDFLAGS=…"). Distributions' flags fill the
 *   512 bytes of a client document, so that nothing but the name is left of client.env (MongoDB Handshake,
 *   "Limitations").
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int __vsnprintf_chk(char *text, size_t size, int flag, size_t room, const char *format, va_list arguments);
int vsnprintf(char *text, size_t size, const char *format, va_list arguments);

__attribute__((visibility("default"))) int
access(const char *path, int mode)
{
   int (*next)(const char *, int);
   if (strcmp(path, "/.dockerenv") == 0) {
      errno = ENOENT;
      return getenv("HANDSHAKE_DOCKER") != NULL ? 0 : -1;
   }
   *(void **)&next = dlsym(RTLD_NEXT, "access");
   return next(path, mode);
}

/* The flags are a separate text, so the format shows them. */
static const char *
without_flags(const char *format)
{
   return strcmp(format, " CFLAGS=%s") == 0 || strcmp(format, " LDFLAGS=%s") == 0 ? "" : format;
}

/* Called by sources that are built with _FORTIFY_SOURCE. */
__attribute__((visibility("default"))) int
__vsnprintf_chk(char *text, size_t size, int flag, size_t room, const char *format, va_list arguments)
{
   int (*next)(char *, size_t, int, size_t, const char *, va_list);
   *(void **)&next = dlsym(RTLD_NEXT, "__vsnprintf_chk");
   return next(text, size, flag, room, without_flags(format), arguments);
}

__attribute__((visibility("default"))) int
vsnprintf(char *text, size_t size, const char *format, va_list arguments)
{
   int (*next)(char *, size_t, const char *, va_list);
   *(void **)&next = dlsym(RTLD_NEXT, "vsnprintf");
   return next(text, size, without_flags(format), arguments);
}
