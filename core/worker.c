#include "worker.h"

#include "error.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Semaphores, because a condition variable takes two system calls more for each function run. */
struct worker {
   pthread_t thread;
   sem_t given; /* posted when there is a function to run */
   sem_t done;  /* posted when it has run, whether or not anyone waits */
   worker_function prepare;
   void *prepare_argument;
   worker_function function; /* NULL: end */
   void *argument;
   atomic_bool busy;
};

static void *
run(void *context)
{
   struct worker *worker = context;
   if (worker->prepare != NULL) {
      worker->prepare(worker->prepare_argument);
   }
   for (;;) {
      while (sem_wait(&worker->given) != 0) {
         /* interrupted by a signal */
      }
      if (worker->function == NULL) {
         return NULL;
      }
      worker->function(worker->argument);
      atomic_store(&worker->busy, false);
      (void)sem_post(&worker->done);
   }
}

static void
destroy(struct worker *worker)
{
   (void)sem_destroy(&worker->given);
   (void)sem_destroy(&worker->done);
   free(worker);
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
   (void)sem_init(&worker->given, 0, 0);
   (void)sem_init(&worker->done, 0, 0);
   int failed = pthread_create(&worker->thread, NULL, run, worker);
   if (failed != 0) {
      faas_error_set(error, "Harness.StartFailed", "cannot start a thread: %s", strerror(failed));
      destroy(worker);
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
   worker_start(worker, NULL, NULL);
   (void)pthread_join(worker->thread, NULL);
   destroy(worker);
   return true;
}

bool
worker_busy(struct worker *worker)
{
   return atomic_load(&worker->busy);
}

void
worker_start(struct worker *worker, worker_function function, void *argument)
{
   worker->function = function;
   worker->argument = argument;
   atomic_store(&worker->busy, true);
   (void)sem_post(&worker->given);
}

bool
worker_wait(struct worker *worker, int64_t until_us)
{
   struct timespec until = {.tv_sec = (time_t)(until_us / 1000000), .tv_nsec = (long)(until_us % 1000000) * 1000};
   bool late = false;
   /* The semaphore may still be posted for an earlier function. */
   while (worker_busy(worker) && !late) {
      int waited =
         until_us == INT64_MAX ? sem_wait(&worker->done) : sem_clockwait(&worker->done, CLOCK_MONOTONIC, &until);
      late = waited != 0 && errno == ETIMEDOUT;
   }
   return !worker_busy(worker);
}
