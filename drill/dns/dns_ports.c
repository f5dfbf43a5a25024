#include "dns_ports.h"

#include "descriptors.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 53
#define BACKLOG 64
#define TRIES 16
/* Room for a burst of queries, so that none is lost: resolvers ask again only after seconds. */
#define BURST_BYTES (4 << 20)

/* Chooses an address of 127.0.0.0/8, all of which is this machine; not of 127.0.x.x, where resolvers and the members
 * are. */
static struct in_addr
choose_address(void)
{
   uint8_t bytes[3] = {1, 1, 1};
   if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
      bytes[0] = (uint8_t)getpid();
   }
   uint32_t second = 1 + bytes[0] % 254U;
   uint32_t fourth = 1 + bytes[2] % 254U;
   return (struct in_addr){.s_addr = htonl(127U << 24 | second << 16 | (uint32_t)bytes[1] << 8 | fourth)};
}

static int
bind_to(int kind, struct in_addr address)
{
   const struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr = address};
   int descriptor = socket(AF_INET, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
   bool bound = descriptor >= 0 && bind(descriptor, (const struct sockaddr *)&place, sizeof place) == 0 &&
                (kind != SOCK_STREAM || listen(descriptor, BACKLOG) == 0);
   if (!bound) {
      descriptors_close(descriptor);
   }
   return bound ? descriptor : -1;
}

int
dns_ports_init(struct dns_ports *ports, struct drill_error *error)
{
   *ports = (struct dns_ports){.udp = -1, .tcp = -1};
   for (int i = 0; i < TRIES; i++) {
      struct in_addr address = choose_address();
      (void)inet_ntop(AF_INET, &address, ports->address, sizeof ports->address);
      ports->udp = bind_to(SOCK_DGRAM, address);
      ports->tcp = ports->udp < 0 ? -1 : bind_to(SOCK_STREAM, address);
      if (ports->tcp >= 0) {
         const int bytes = BURST_BYTES;
         (void)setsockopt(ports->udp, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
         (void)setsockopt(ports->udp, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
         return 0;
      }
      dns_ports_clear(ports);
      if (errno != EADDRINUSE) {
         break;
      }
   }
   const char *advice =
      errno == EACCES || errno == EPERM
         ? ". Run the drill as root, or allow the port: sysctl net.ipv4.ip_unprivileged_port_start=53"
      : errno == EADDRINUSE
         ? ". A DNS server on this machine listens on all addresses: configure it to listen only on those it needs"
         : "";
   drill_error_set(
      error, "cannot listen on port %d of %s, for --srv: %s%s", PORT, ports->address, strerror(errno), advice);
   return -1;
}

void
dns_ports_clear(struct dns_ports *ports)
{
   descriptors_close(ports->udp);
   descriptors_close(ports->tcp);
   ports->udp = ports->tcp = -1;
}
