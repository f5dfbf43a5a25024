#include "throttle.h"

#include "clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#define HELD_MS 495
#define GIVEN_MS 5

struct throttle {
   struct process *process;
   struct timeline *timeline;
   size_t entry;
   int64_t begun_us;
   pthread_t thread;
   pthread_mutex_t lock;
   pthread_cond_t ended;
   bool end;
};

/* Call with the lock held. Returns true when the throttle must end. */
static bool
wait_ms(struct throttle *throttle, unsigned ms)
{
   struct timespec until = clock_timespec(clock_now_us() + (int64_t)ms * 1000);
   while (!throttle->end && pthread_cond_timedwait(&throttle->ended, &throttle->lock, &until) != ETIMEDOUT) {
   }
   return throttle->end;
}

static void *
hold_back(void *argument)
{
   struct throttle *throttle = argument;
   pthread_mutex_lock(&throttle->lock);
   while (!wait_ms(throttle, HELD_MS)) {
      process_thaw(throttle->process);
      if (wait_ms(throttle, GIVEN_MS)) {
         break;
      }
      process_suspend(throttle->process);
   }
   pthread_mutex_unlock(&throttle->lock);
   return NULL;
}

struct throttle *
throttle_begin(struct process *process, struct timeline *timeline, int instance)
{
   struct throttle *throttle = calloc(1, sizeof *throttle);
   if (throttle == NULL) {
      return NULL;
   }
   throttle->process = process;
   throttle->begun_us = clock_now_us();
   pthread_mutex_init(&throttle->lock, NULL);
   clock_condition_init(&throttle->ended);
   process_suspend(process);
   if (pthread_create(&throttle->thread, NULL, hold_back, throttle) != 0) {
      process_thaw(process);
      pthread_cond_destroy(&throttle->ended);
      pthread_mutex_destroy(&throttle->lock);
      free(throttle);
      return NULL;
   }
   throttle->timeline = timeline;
   throttle->entry = timeline_begin(timeline, TIMELINE_FREEZE, instance, "throttled", "%s", "");
   return throttle;
}

void
throttle_end(struct throttle *throttle, struct invocation_result *result)
{
   if (throttle == NULL) {
      return;
   }
   pthread_mutex_lock(&throttle->lock);
   throttle->end = true;
   pthread_cond_signal(&throttle->ended);
   pthread_mutex_unlock(&throttle->lock);
   pthread_join(throttle->thread, NULL);
   process_thaw(throttle->process);
   timeline_end(throttle->timeline, throttle->entry, false, "with one hundredth of a CPU");
   if (result != NULL) {
      result->thawed_us = clock_now_us();
      result->frozen_ms = (double)(result->thawed_us - throttle->begun_us) / 1e3;
   }
   pthread_cond_destroy(&throttle->ended);
   pthread_mutex_destroy(&throttle->lock);
   free(throttle);
}
