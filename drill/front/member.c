#include "member.h"

#include "descriptors.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>

#define BACKLOG 1024

/* Returns a TCP socket bound to that port of 127.0.0.1, or to any for 0. SO_REUSEADDR lets the listener bind beside the
 * descriptor that keeps the port, and beside connections of an earlier listener. */
static int
bind_socket(uint16_t port)
{
   int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
   int on = 1;
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
   address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
   if (descriptor >= 0 && (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
                           bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0)) {
      descriptors_close(descriptor);
      descriptor = -1;
   }
   return descriptor;
}

/* Returns -1 with error set, and leaves the member as it was, when that fails. */
static int
take_port(struct member *member, struct drill_error *error)
{
   struct sockaddr_in address = {0};
   socklen_t length = sizeof address;
   int descriptor = bind_socket(0);
   if (descriptor < 0 || getsockname(descriptor, (struct sockaddr *)&address, &length) != 0) {
      drill_error_set(error, "no free port on 127.0.0.1: %s", strerror(errno));
      descriptors_close(descriptor);
      return -1;
   }
   member->port_fd = descriptor;
   member->port = ntohs(address.sin_port);
   return 0;
}

int
member_init(struct member *member, int epoll_fd, void (*client_waits)(void *, uint32_t), struct drill_error *error)
{
   member->listener = (struct watch){.epoll_fd = epoll_fd, .fd = -1, .ready = client_waits, .owner = member};
   return take_port(member, error);
}

int
member_move(struct member *member, struct member *former, struct drill_error *error)
{
   uint16_t port = member->port;
   int port_fd = member->port_fd;
   if (take_port(member, error) != 0) {
      return -1;
   }
   former->port = port;
   former->port_fd = port_fd;
   former->listener = member->listener;
   former->listener.owner = former;
   return 0;
}

int
member_up(struct member *member, struct drill_error *error)
{
   int descriptor = bind_socket(member->port);
   if (descriptor < 0 || listen(descriptor, BACKLOG) != 0) {
      drill_error_set(error, "cannot listen on 127.0.0.1:%u: %s", member->port, strerror(errno));
      descriptors_close(descriptor);
      return -1;
   }
   member->listener.fd = descriptor;
   member->listener.events = 0;
   if (watch_set(&member->listener, EPOLLIN) != 0) {
      drill_error_set(error, "cannot watch 127.0.0.1:%u: %s", member->port, strerror(errno));
      member_down(member);
      return -1;
   }
   bson_oid_init(&member->actual.process_id, NULL);
   member->actual.counter = 0;
   member->up = true;
   return 0;
}

void
member_down(struct member *member)
{
   watch_close(&member->listener);
   member->up = false;
   member->frozen = false;
}

bool
member_serves(const struct member *member)
{
   return member->up && !member->frozen;
}

void
member_pause(struct member *member, bool paused)
{
   member->frozen = paused;
   watch_set(&member->listener, paused ? 0 : EPOLLIN);
}

void
member_clear(struct member *member)
{
   member_down(member);
   descriptors_close(member->port_fd);
   member->port_fd = -1;
}
