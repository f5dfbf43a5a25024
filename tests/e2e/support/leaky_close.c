/*
 * For LD_PRELOAD: a close() that keeps a hidden copy of every TCP socket it closes, as a driver that leaks
 * connections would. The harness counts the close; only the kernel knows better.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

static int is_connected_tcp(int descriptor)
{
   struct sockaddr_storage peer;
   socklen_t length = sizeof peer;
   return getpeername(descriptor, (struct sockaddr *)&peer, &length) == 0 &&
          (peer.ss_family == AF_INET || peer.ss_family == AF_INET6);
}

__attribute__((visibility("default"))) int close(int descriptor)
{
   static int (*next_close)(int);
   if (next_close == NULL) {
      *(void **)&next_close = dlsym(RTLD_NEXT, "close");
   }
   if (is_connected_tcp(descriptor)) {
      (void)dup(descriptor);
   }
   return next_close(descriptor);
}
