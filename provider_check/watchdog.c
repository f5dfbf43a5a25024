#include "watchdog.h"

#include <errno.h>
#include <time.h>

static void *
watch(void *context)
{
   struct watchdog *watchdog = context;
   struct timespec until;
   int status = 0;
   (void)clock_gettime(CLOCK_REALTIME, &until);
   until.tv_sec += watchdog->wait_ms / 1000;
   until.tv_nsec += watchdog->wait_ms % 1000 * 1000000L;
   if (until.tv_nsec >= 1000000000L) {
      until.tv_sec++;
      until.tv_nsec -= 1000000000L;
   }
   do {
      status = sem_timedwait(&watchdog->done, &until);
   } while (status != 0 && errno == EINTR);
   if (status != 0) {
      scripted_host_request_stop(watchdog->host);
   }
   return NULL;
}

void
watchdog_start(struct watchdog *watchdog, struct scripted_host *host, unsigned wait_ms)
{
   *watchdog = (struct watchdog){.host = host, .wait_ms = wait_ms};
   (void)sem_init(&watchdog->done, 0, 0);
   watchdog->running = pthread_create(&watchdog->thread, NULL, watch, watchdog) == 0;
}

void
watchdog_join(struct watchdog *watchdog)
{
   (void)sem_post(&watchdog->done);
   if (watchdog->running) {
      (void)pthread_join(watchdog->thread, NULL);
   }
   (void)sem_destroy(&watchdog->done);
}
