/* worker: a caller that stops waiting, and a thread that is not lost as long as it may return. */
#include "worker.h"

#include "clock.h"
#include "test_main.h"

#include <pthread.h>

struct gate {
   pthread_mutex_t lock;
   pthread_cond_t opened;
   bool open;
   int passed;
};

static void
pass(void *argument)
{
   struct gate *gate = argument;
   (void)pthread_mutex_lock(&gate->lock);
   while (!gate->open) {
      (void)pthread_cond_wait(&gate->opened, &gate->lock);
   }
   gate->passed++;
   (void)pthread_mutex_unlock(&gate->lock);
}

static void
open_gate(struct gate *gate)
{
   (void)pthread_mutex_lock(&gate->lock);
   gate->open = true;
   (void)pthread_cond_broadcast(&gate->opened);
   (void)pthread_mutex_unlock(&gate->lock);
}

#define GATE {.lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER}

TEST(runs_one_after_the_other)
{
   struct gate gate = GATE;
   gate.open = true;
   struct worker *worker = worker_new(NULL, NULL, NULL);
   assert_non_null(worker);
   for (int i = 1; i <= 1000; i++) {
      worker_start(worker, pass, &gate);
      assert_true(worker_wait(worker, INT64_MAX));
      assert_int_equal(gate.passed, i);
   }
   assert_true(worker_destroy(worker));
}

TEST(stops_waiting_in_time_and_gets_it_later)
{
   struct gate gate = GATE;
   struct worker *worker = worker_new(NULL, NULL, NULL);
   int64_t begin_us = clock_monotonic_us();
   worker_start(worker, pass, &gate);
   assert_false(worker_wait(worker, begin_us + 30000));
   assert_true(clock_monotonic_us() >= begin_us + 30000);
   assert_true(worker_busy(worker));
   open_gate(&gate);
   assert_true(worker_wait(worker, INT64_MAX));
   assert_false(worker_busy(worker));
   assert_true(worker_destroy(worker));
}

/* Left behind on purpose: what it uses must outlive the test. */
static struct gate shut = GATE;

TEST(a_thread_that_blocks_is_left_behind)
{
   struct worker *worker = worker_new(NULL, NULL, NULL);
   worker_start(worker, pass, &shut);
   assert_false(worker_destroy(worker));
   open_gate(&shut);
   assert_true(worker_wait(worker, INT64_MAX));
}

TEST(none_is_destroyed_too)
{
   assert_true(worker_destroy(NULL));
}
