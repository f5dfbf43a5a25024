#include "free_port.h"

#include "descriptors.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/random.h>
#include <sys/socket.h>

#define FIRST 16384
#define COUNT 16384 /* ip_local_port_range(7) begins at 32768 */
#define TRIES 64

static bool
is_free(unsigned short port)
{
   struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
   int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   bool bound = listener >= 0 && bind(listener, (struct sockaddr *)&any, sizeof any) == 0;
   descriptors_close(listener);
   return bound;
}

unsigned short
free_port(void)
{
   for (int i = 0; i < TRIES; i++) {
      unsigned short number = 0;
      if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
         return 0;
      }
      unsigned short port = (unsigned short)(FIRST + number % COUNT);
      if (is_free(port)) {
         return port;
      }
   }
   return 0;
}
