/* For LD_PRELOAD: a close() that keeps a hidden copy of every TCP socket it closes, like a driver that leaks
 * connections. The harness counts the close; only the kernel knows better. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

/* Does not ask for the peer: a connection that the other side has ended has none. */
static int
is_tcp(int descriptor)
{
   int domain = 0;
   int type = 0;
   socklen_t length = sizeof domain;
   return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 &&
          getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM &&
          (domain == AF_INET || domain == AF_INET6);
}

__attribute__((visibility("default"))) int
close(int descriptor)
{
   static int (*next_close)(int);
   if (next_close == NULL) {
      *(void **)&next_close = dlsym(RTLD_NEXT, "close");
   }
   if (is_tcp(descriptor)) {
      int copy = dup(descriptor);
      (void)copy;
   }
   return next_close(descriptor);
}
