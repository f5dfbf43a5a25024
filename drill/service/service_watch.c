#include "service_watch.h"

#include "clock.h"
#include "descendants.h"

#include <poll.h>

static bool
is_readable(int descriptor)
{
   struct pollfd polled = {.fd = descriptor, .events = POLLIN};
   return poll(&polled, 1, 0) == 1;
}

bool
service_watch_look(const struct service_watch *watch, enum service_end *end)
{
   if (is_readable(watch->interrupt)) {
      *end = SERVICE_INTERRUPTED;
   } else if (is_readable(watch->process)) {
      *end = SERVICE_ENDED;
   } else if (clock_now_us() >= watch->until_us) {
      *end = SERVICE_LATE;
   } else if (watch->out_of_memory(watch->argument)) {
      *end = SERVICE_OUT_OF_MEMORY;
   } else {
      return false;
   }
   return true;
}

int
service_watch_left_ms(const struct service_watch *watch)
{
   int64_t left_ms = (watch->until_us - clock_now_us() + 999) / 1000;
   return left_ms < 0 ? 0 : left_ms < MEMORY_USE_LOOK_MS ? (int)left_ms : MEMORY_USE_LOOK_MS;
}

void
service_watch_wait(const struct service_watch *watch, int descriptor, short events)
{
   struct pollfd polled[] = {{.fd = descriptor, .events = events}, /* poll(2) ignores descriptors below 0 */
                             {.fd = watch->process, .events = POLLIN},
                             {.fd = watch->interrupt, .events = POLLIN}};
   poll(polled, 3, service_watch_left_ms(watch));
}
