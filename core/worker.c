#include "worker.h"

#include "error.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct worker {
   pthread_t thread;
   pthread_mutex_t lock;
   pthread_cond_t changed; /* monotonic clock; signalled after unlocking, so that the woken thread can lock */
   worker_function prepare;
   void *prepare_argument;
   worker_function function; /* NULL: idle */
   void *argument;
   bool ending;
};

static void *
run(void *context)
{
   struct worker *worker = context;
   if (worker->prepare != NULL) {
      worker->prepare(worker->prepare_argument);
   }
   (void)pthread_mutex_lock(&worker->lock);
   while (!worker->ending) {
      if (worker->function == NULL) {
         (void)pthread_cond_wait(&worker->changed, &worker->lock);
         continue;
      }
      worker_function function = worker->function;
      void *argument = worker->argument;
      (void)pthread_mutex_unlock(&worker->lock);
      function(argument);
      (void)pthread_mutex_lock(&worker->lock);
      worker->function = NULL;
      (void)pthread_mutex_unlock(&worker->lock);
      (void)pthread_cond_signal(&worker->changed);
      (void)pthread_mutex_lock(&worker->lock);
   }
   (void)pthread_mutex_unlock(&worker->lock);
   return NULL;
}

struct worker *
worker_new(worker_function prepare, void *argument, struct faas_error *error)
{
   struct worker *worker = calloc(1, sizeof *worker);
   if (worker == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", "out of memory for a thread");
      return NULL;
   }
   worker->prepare = prepare;
   worker->prepare_argument = argument;
   pthread_condattr_t attributes;
   (void)pthread_condattr_init(&attributes);
   (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
   (void)pthread_cond_init(&worker->changed, &attributes);
   (void)pthread_condattr_destroy(&attributes);
   (void)pthread_mutex_init(&worker->lock, NULL);
   int failed = pthread_create(&worker->thread, NULL, run, worker);
   if (failed != 0) {
      faas_error_set(error, "Harness.StartFailed", "cannot start a thread: %s", strerror(failed));
      free(worker);
      return NULL;
   }
   return worker;
}

bool
worker_destroy(struct worker *worker)
{
   if (worker == NULL) {
      return true;
   }
   if (worker_busy(worker)) {
      (void)pthread_detach(worker->thread);
      return false;
   }
   (void)pthread_mutex_lock(&worker->lock);
   worker->ending = true;
   (void)pthread_cond_broadcast(&worker->changed);
   (void)pthread_mutex_unlock(&worker->lock);
   (void)pthread_join(worker->thread, NULL);
   (void)pthread_cond_destroy(&worker->changed);
   (void)pthread_mutex_destroy(&worker->lock);
   free(worker);
   return true;
}

bool
worker_busy(struct worker *worker)
{
   (void)pthread_mutex_lock(&worker->lock);
   bool busy = worker->function != NULL;
   (void)pthread_mutex_unlock(&worker->lock);
   return busy;
}

void
worker_start(struct worker *worker, worker_function function, void *argument)
{
   (void)pthread_mutex_lock(&worker->lock);
   worker->function = function;
   worker->argument = argument;
   (void)pthread_mutex_unlock(&worker->lock);
   (void)pthread_cond_signal(&worker->changed);
}

bool
worker_wait(struct worker *worker, int64_t until_us)
{
   struct timespec until = {.tv_sec = (time_t)(until_us / 1000000), .tv_nsec = (long)(until_us % 1000000) * 1000};
   (void)pthread_mutex_lock(&worker->lock);
   int waited = 0;
   while (worker->function != NULL && waited != ETIMEDOUT) {
      waited = until_us == INT64_MAX ? pthread_cond_wait(&worker->changed, &worker->lock)
                                     : pthread_cond_timedwait(&worker->changed, &worker->lock, &until);
   }
   bool done = worker->function == NULL;
   (void)pthread_mutex_unlock(&worker->lock);
   return done;
}
