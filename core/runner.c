#include "runner.h"

#include "error.h"
#include "invocation.h"
#include "lane.h"
#include "stop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* Checks what a provider hands out before anyone uses it. */
static bool
check_invocation(const struct runner *runner, const struct faas_invocation *invocation, struct faas_error *error)
{
   const char *found = NULL;
   if (invocation->id == NULL || invocation->id[0] == '\0') {
      found = "no id";
   } else if (invocation->payload == NULL && invocation->payload_length > 0) {
      found = "a payload length but no payload";
   } else if (invocation->attributes == NULL && invocation->attribute_count > 0) {
      found = "a number of attributes but no attributes";
   }
   if (found != NULL) {
      faas_error_set(error,
                     "Provider.BadInvocation",
                     "provider %s: next returned an invocation with %s",
                     runner->provider->name,
                     found);
   }
   return found == NULL;
}

/* Turns a result that is not in enum faas_result, or not allowed for this callback, into FAAS_ERROR. */
static enum faas_result
check_result(const struct runner *runner, const char *callback, enum faas_result result, struct faas_error *error)
{
   if (result == FAAS_ERROR && error->type[0] == '\0') {
      faas_error_set(
         error, "Provider.Failed", "provider %s: %s failed without setting an error", runner->provider->name, callback);
   }
   bool is_next = strcmp(callback, "next") == 0;
   if (result == FAAS_OK || result == FAAS_ERROR || (is_next && (result == FAAS_END || result == FAAS_REJECTED))) {
      return result;
   }
   faas_error_set(error,
                  "Provider.BadResult",
                  "provider %s: %s must return a value of enum faas_result, found %d",
                  runner->provider->name,
                  callback,
                  (int)result);
   return FAAS_ERROR;
}

static enum faas_result
answer_failure(const struct runner *runner,
               const struct faas_invocation *invocation,
               const struct outcome *outcome,
               struct faas_error *error)
{
   struct faas_failure failure = {.size = sizeof failure,
                                  .type = outcome->failure.type,
                                  .message = outcome->failure.message,
                                  .report = outcome->report,
                                  .report_length = outcome->report == NULL ? 0 : strlen(outcome->report)};
   return check_result(runner, "fail", runner->provider->fail(runner->state, invocation, &failure, error), error);
}

static enum faas_result
answer(const struct runner *runner,
       struct invoker *invoker,
       const struct faas_invocation *invocation,
       bool *good,
       struct faas_error *error)
{
   if (invoker == NULL) {
      enum faas_result result =
         runner->provider->respond(runner->state, invocation, invocation->payload, invocation->payload_length, error);
      result = check_result(runner, "respond", result, error);
      *good = result == FAAS_OK;
      return result;
   }
   struct outcome outcome;
   enum faas_result result = FAAS_OK;
   invoker_run(invoker, invocation, &outcome);
   if (outcome.passed) {
      result = check_result(
         runner,
         "respond",
         runner->provider->respond(runner->state, invocation, outcome.report, strlen(outcome.report), error),
         error);
   } else {
      result = answer_failure(runner, invocation, &outcome, error);
   }
   *good = outcome.passed && result == FAAS_OK;
   outcome_clear(&outcome);
   return result;
}

/* What the lanes share. */
struct lanes {
   const struct runner *runner;
   pthread_mutex_t next_lock; /* held around next if the provider wants only one thread at a time to ask */
   atomic_bool over;          /* next returned FAAS_END, or the provider cannot go on */
   _Atomic(uint64_t) good;
   _Atomic(uint64_t) failed;
   pthread_mutex_t error_lock;
   struct faas_error error; /* the first error; type is empty when there is none */
};

struct lane_run {
   struct lanes *lanes;
   struct invoker *invoker;
   pthread_t thread;
};

/* The provider cannot go on, so lanes that wait for their next event must return. */
static void
give_up(struct lanes *lanes, const struct faas_error *error)
{
   (void)pthread_mutex_lock(&lanes->error_lock);
   if (lanes->error.type[0] == '\0') {
      lanes->error = *error;
   }
   (void)pthread_mutex_unlock(&lanes->error_lock);
   atomic_store(&lanes->over, true);
   if (lanes->runner->lanes > 1) {
      stop_request();
   }
}

/* Returns FAAS_END also when another lane got it, or failed. */
static enum faas_result
ask_next(struct lanes *lanes, struct faas_invocation *invocation, struct faas_error *error)
{
   const struct runner *runner = lanes->runner;
   bool alone = runner->lanes > 1 && runner->provider->threads == FAAS_THREADS_NEXT_ALONE;
   enum faas_result result = FAAS_END;
   if (alone) {
      (void)pthread_mutex_lock(&lanes->next_lock);
   }
   if (!atomic_load(&lanes->over)) {
      result = runner->provider->next(runner->state, invocation, error);
      result = check_result(runner, "next", result, error);
      if (result == FAAS_END || result == FAAS_ERROR) {
         atomic_store(&lanes->over, true);
      }
   }
   if (alone) {
      (void)pthread_mutex_unlock(&lanes->next_lock);
   }
   return result;
}

static void *
run_lane(void *argument)
{
   const struct lane_run *run = argument;
   struct lanes *lanes = run->lanes;
   const struct runner *runner = lanes->runner;
   struct faas_error error;
   for (;;) {
      faas_error_clear(&error);
      struct faas_invocation invocation = {.size = sizeof invocation, .deadline_unix_ms = FAAS_NO_DEADLINE};
      enum faas_result result = ask_next(lanes, &invocation, &error);
      if (result == FAAS_END) {
         return NULL;
      }
      bool good = false;
      if (result == FAAS_OK && !check_invocation(runner, &invocation, &error)) {
         give_up(lanes, &error);
         return NULL;
      }
      if (result == FAAS_OK) {
         result = answer(runner, run->invoker, &invocation, &good, &error);
         atomic_fetch_add(good ? &lanes->good : &lanes->failed, 1);
      } else if (result == FAAS_REJECTED) {
         atomic_fetch_add(&lanes->failed, 1);
      }
      if (result == FAAS_ERROR) {
         give_up(lanes, &error);
         return NULL;
      }
   }
}

/* Starts all lanes except the first, which the caller runs. Returns how many run, the first included; if fewer than
 * wanted, lanes->error is set. */
static unsigned
start_others(struct lanes *lanes, struct lane_run *runs)
{
   unsigned started = 1;
   for (; started < lanes->runner->lanes; started++) {
      int failed = pthread_create(&runs[started].thread, NULL, run_lane, &runs[started]);
      if (failed != 0) {
         struct faas_error error = {0};
         faas_error_set(&error,
                        "Harness.StartFailed",
                        "cannot start %u threads, one for each invocation: %s (--workers sets fewer)",
                        lanes->runner->lanes,
                        strerror(failed));
         give_up(lanes, &error);
         break;
      }
   }
   return started;
}

bool
runner_run(const struct runner *runner, struct runner_tally *tally, struct faas_error *error)
{
   struct lane_run runs[LANES_MAX];
   struct lanes lanes = {
      .runner = runner, .next_lock = PTHREAD_MUTEX_INITIALIZER, .error_lock = PTHREAD_MUTEX_INITIALIZER};
   for (unsigned i = 0; i < runner->lanes; i++) {
      runs[i] = (struct lane_run){.lanes = &lanes, .invoker = runner->invokers == NULL ? NULL : runner->invokers[i]};
   }
   unsigned started = start_others(&lanes, runs);
   (void)run_lane(&runs[0]);
   for (unsigned i = 1; i < started; i++) {
      (void)pthread_join(runs[i].thread, NULL);
   }
   *tally = (struct runner_tally){.good = lanes.good, .failed = lanes.failed};
   *error = lanes.error;
   return lanes.error.type[0] == '\0';
}
