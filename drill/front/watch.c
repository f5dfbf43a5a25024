#include "watch.h"

#include "descriptors.h"

#include <sys/epoll.h>

int
watch_set(struct watch *watch, uint32_t events)
{
   if (watch->fd < 0 || events == watch->events) {
      return 0;
   }
   int operation = watch->events == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
   struct epoll_event event = {.events = events, .data.ptr = watch};
   if (epoll_ctl(watch->epoll_fd, operation, watch->fd, &event) != 0) {
      return -1;
   }
   watch->events = events;
   return 0;
}

void
watch_close(struct watch *watch)
{
   watch_set(watch, 0);
   descriptors_close(watch->fd);
   watch->fd = -1;
}
