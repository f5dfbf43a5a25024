#include "worker.h"

#include "error.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct worker {
   pthread_t thread;
   worker_function prepare;
   void *prepare_argument;
   worker_function function; /* NULL: end */
   void *argument;
   _Atomic(uint32_t) busy; /* 1 while the function runs; either thread may wait for the other to change it */
};

/* A futex, because a condition variable and its lock take three system calls more for each function, and a semaphore
 * can be awaited on the monotonic clock only since glibc 2.30. */

/* Returns false at this time on the monotonic clock; NULL: never. May return true before busy has changed. */
static bool
wait_while(struct worker *worker, uint32_t busy, const struct timespec *until)
{
   long waited = syscall(
      SYS_futex, &worker->busy, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, busy, until, NULL, FUTEX_BITSET_MATCH_ANY);
   return waited == 0 || errno != ETIMEDOUT;
}

static void
set_busy(struct worker *worker, uint32_t busy)
{
   atomic_store(&worker->busy, busy);
   (void)syscall(SYS_futex, &worker->busy, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

static void *
run(void *context)
{
   struct worker *worker = context;
   if (worker->prepare != NULL) {
      worker->prepare(worker->prepare_argument);
   }
   for (;;) {
      while (!worker_busy(worker)) {
         (void)wait_while(worker, 0, NULL);
      }
      if (worker->function == NULL) {
         return NULL;
      }
      worker->function(worker->argument);
      set_busy(worker, 0);
   }
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
   worker_start(worker, NULL, NULL);
   (void)pthread_join(worker->thread, NULL);
   free(worker);
   return true;
}

bool
worker_busy(struct worker *worker)
{
   return atomic_load(&worker->busy) != 0;
}

void
worker_start(struct worker *worker, worker_function function, void *argument)
{
   worker->function = function;
   worker->argument = argument;
   set_busy(worker, 1);
}

bool
worker_wait(struct worker *worker, int64_t until_us)
{
   struct timespec until = {.tv_sec = (time_t)(until_us / 1000000), .tv_nsec = (long)(until_us % 1000000) * 1000};
   bool in_time = true;
   while (worker_busy(worker) && in_time) {
      in_time = wait_while(worker, 1, until_us == INT64_MAX ? NULL : &until);
   }
   return !worker_busy(worker);
}
