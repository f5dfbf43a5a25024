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
   (void)pthread_mutex_lock(&watchdog->lock);
   while (!watchdog->done && status != ETIMEDOUT) {
      status = pthread_cond_timedwait(&watchdog->changed, &watchdog->lock, &until);
   }
   bool silent = !watchdog->done;
   (void)pthread_mutex_unlock(&watchdog->lock);
   if (silent) {
      scripted_host_request_stop(watchdog->host);
   }
   return NULL;
}

void
watchdog_start(struct watchdog *watchdog, struct scripted_host *host, unsigned wait_ms)
{
   *watchdog = (struct watchdog){.host = host, .wait_ms = wait_ms};
   (void)pthread_mutex_init(&watchdog->lock, NULL);
   (void)pthread_cond_init(&watchdog->changed, NULL);
   watchdog->running = pthread_create(&watchdog->thread, NULL, watch, watchdog) == 0;
}

void
watchdog_join(struct watchdog *watchdog)
{
   (void)pthread_mutex_lock(&watchdog->lock);
   watchdog->done = true;
   (void)pthread_cond_signal(&watchdog->changed);
   (void)pthread_mutex_unlock(&watchdog->lock);
   if (watchdog->running) {
      (void)pthread_join(watchdog->thread, NULL);
   }
   (void)pthread_cond_destroy(&watchdog->changed);
   (void)pthread_mutex_destroy(&watchdog->lock);
}
