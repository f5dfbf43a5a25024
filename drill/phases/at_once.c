#include "at_once.h"

#include "clock.h"
#include "shortage.h"

#include <errno.h>
#include <stdlib.h>

/* How long to wait for workers. A worker that has answered asks for its next event at once, and a worker of a fresh
 * process asks as soon as it exists. */
#define WORKERS_MAX_US 2000000

/* All threads wait at the gate, so that no invocation ends before the last one begins. */
struct gate {
   pthread_mutex_t closed;
   bool called_off;
};

struct one {
   struct drill *drill;
   const char *name;
   struct gate *gate;
   pthread_t thread;
   size_t number;
   int result;
   struct drill_error error;
};

static void *
invoke(void *argument)
{
   struct one *one = argument;
   pthread_mutex_lock(&one->gate->closed);
   bool called_off = one->gate->called_off;
   pthread_mutex_unlock(&one->gate->closed);
   if (!called_off) {
      one->result = drill_invoke(one->drill, one->drill->function, one->name, &one->number, &one->error);
   }
   return NULL;
}

/* Returns how many threads could be started. */
static size_t
start_all(struct one *all, size_t count, struct gate *gate)
{
   size_t started = 0;
   pthread_mutex_lock(&gate->closed);
   while (started < count && pthread_create(&all[started].thread, NULL, invoke, &all[started]) == 0) {
      started++;
   }
   gate->called_off = started < count;
   pthread_mutex_unlock(&gate->closed);
   return started;
}

static bool
is_worse(const struct drill_invocation *one, const struct drill_invocation *other)
{
   if ((one->verdict == DRILL_FAIL) != (other->verdict == DRILL_FAIL)) {
      return one->verdict == DRILL_FAIL;
   }
   return one->duration_ms > other->duration_ms;
}

static int
run(struct one *all, size_t count, struct gate *gate, struct drill_error *error)
{
   size_t started = start_all(all, count, gate);
   int result = 0;
   for (size_t i = 0; i < started; i++) {
      pthread_join(all[i].thread, NULL);
      if (all[i].result != 0) {
         *error = all[i].error;
         result = -1;
      }
   }
   if (started < count) {
      shortage_tell(error, "start a thread for each invocation", EAGAIN);
      result = -1;
   }
   return result;
}

/* Moves the worst invocation to the end, because among invocations in a row the last one counts. */
static void
put_worst_last(struct drill *drill, struct at_once *invoked)
{
   invoked->worst = invoked->first;
   for (size_t i = invoked->first + 1; i < invoked->first + invoked->count; i++) {
      if (is_worse(drill_invocation(drill, i), drill_invocation(drill, invoked->worst))) {
         invoked->worst = i;
      }
   }
   struct drill_invocation *last = drill_invocation(drill, invoked->first + invoked->count - 1);
   struct drill_invocation *worst = drill_invocation(drill, invoked->worst);
   const struct drill_invocation kept = *last;
   *last = *worst;
   *worst = kept;
   invoked->worst = invoked->first + invoked->count - 1;
}

int
at_once_invoke(struct drill *drill, const char *name, struct at_once *invoked, struct drill_error *error)
{
   unsigned wanted = drill->options->concurrency;
   unsigned count = environment_await_workers(drill->function->environment, wanted, clock_now_us() + WORKERS_MAX_US);
   count = count > wanted ? wanted : count > 0 ? count : 1;
   *invoked = (struct at_once){.first = drill->results->invocation_count, .count = count};
   struct gate gate = {.closed = PTHREAD_MUTEX_INITIALIZER};
   struct one *all = calloc(count, sizeof *all);
   if (all == NULL) {
      drill_error_set(error, "out of memory: could not start %u invocations", count);
      return -1;
   }
   for (unsigned i = 0; i < count; i++) {
      all[i] = (struct one){.drill = drill, .name = name, .gate = &gate};
   }
   int result = run(all, count, &gate, error);
   if (result == 0) {
      put_worst_last(drill, invoked);
   }
   free(all);
   return result;
}
