#include "invocation.h"

#include "assertions.h"
#include "clock.h"
#include "connect_failure.h"
#include "connections.h"
#include "error.h"
#include "failure.h"
#include "handshake_probe.h"
#include "report.h"
#include "scenario.h"
#include "utf8.h"
#include "version.h"
#include "worker.h"

#include <stdlib.h>
#include <string.h>

/* Time reserved to answer before the platform kills the process: a tenth of what is left, at most half a second. */
#define REPORTING_SHARE 10
#define REPORTING_MAX_US 500000

/* How long a cancelled driver may take to return before it is left behind, because the answer is due. */
#define CANCEL_PATIENCE_US 200000
#define CANCEL_STEP_US 10000

/* The driver's cleanup sends endSessions to its servers and joins its threads, which normally takes half a second at
 * most. A server that does not answer must not hold up the process. */
#define END_MAX_US 1000000
#define END_PATIENCE_US 1000000

/* The most time that deleting the leftovers of earlier invocations may add to a later one, or to the end of the
 * process. */
#define SWEEP_MAX_US 1000000

struct invoker {
   struct invocation_context *context;
   struct lane lane;
   struct worker *worker;
   struct scenario scenario;
   struct capture_snapshot *snapshot;
   struct handshake_seen handshake;
   struct assertion assertions[ASSERTION_COUNT]; /* as judged in the newest invocation */
   uint64_t connect_failures_seen;
};

/* An invocation in progress. */
struct run {
   uint32_t invocation;
   int64_t started_us;
   int64_t started_unix_us;
   int64_t since_last_us;
   int64_t init_age_us; /* -1: not restored */
   int64_t limit_us;    /* -1: none */
   bool cut_short;
   bool still_blocked;
   int64_t duration_us;
   struct scenario_result result;
   struct connections_count connections;
   char connect_failure[CONNECT_FAILURE_MAX];
};

static void
prepare_thread(void *argument)
{
   lane_enter(argument);
}

struct invoker *
invoker_new(struct invocation_context *context, unsigned lane, struct faas_error *error)
{
   struct invoker *invoker = calloc(1, sizeof *invoker);
   if (invoker == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", "out of memory for invocations");
      return NULL;
   }
   invoker->context = context;
   lane_init(&invoker->lane, lane);
   handshake_seen_init(&invoker->handshake);
   scenario_init(&invoker->scenario, context->client, &invoker->lane);
   invoker->snapshot = capture_snapshot_new(error);
   invoker->worker = invoker->snapshot == NULL ? NULL : worker_new(prepare_thread, &invoker->lane, error);
   if (invoker->worker == NULL) {
      (void)invoker_destroy(invoker);
      return NULL;
   }
   return invoker;
}

static void
start(struct invoker *invoker, worker_function function)
{
   lane_begin_turn(&invoker->lane);
   worker_start(invoker->worker, function, &invoker->scenario);
}

static void
set_deadline(struct invoker *invoker, int64_t unix_us)
{
   atomic_store(&invoker->lane.deadline_unix_us, unix_us);
}

/* Makes the driver return: shutting down its sockets ends waits on them at once, and interpose ends all other waits. */
static bool
cancel(struct invoker *invoker, uint64_t turn, int64_t patience_us)
{
   int64_t until_us = clock_monotonic_us() + patience_us;
   bool done = false;
   while (!done && clock_monotonic_us() < until_us) {
      connections_interrupt(turn);
      done = worker_wait(invoker->worker, clock_monotonic_us() + CANCEL_STEP_US);
   }
   return done;
}

/* Runs outside every window, so its events go into the next report, like all events between two invocations. */
static void
sweep(struct invoker *invoker, int64_t limit_us)
{
   if (limit_us <= 0 || worker_busy(invoker->worker) || !scenario_has_leftovers(&invoker->scenario)) {
      return;
   }
   set_deadline(invoker, clock_unix_us() + limit_us);
   start(invoker, scenario_sweep);
   if (!worker_wait(invoker->worker, clock_monotonic_us() + limit_us)) {
      (void)cancel(invoker, atomic_load(&invoker->lane.turn), CANCEL_PATIENCE_US);
   }
}

bool
invoker_is_blocked(struct invoker *invoker)
{
   return worker_busy(invoker->worker);
}

size_t
invoker_finish(struct invoker *invoker)
{
   if (invoker == NULL || worker_busy(invoker->worker)) {
      return 0;
   }
   sweep(invoker, SWEEP_MAX_US);
   return worker_busy(invoker->worker) ? 0 : invoker->scenario.leftovers.count;
}

static void
end_client(void *argument)
{
   struct scenario *scenario = argument;
   client_destroy(scenario->client);
   scenario->client = NULL;
}

bool
invoker_end_client(struct invoker *invoker)
{
   if (worker_busy(invoker->worker)) {
      return false;
   }
   set_deadline(invoker, clock_unix_us() + END_MAX_US);
   start(invoker, end_client);
   return worker_wait(invoker->worker, clock_monotonic_us() + END_MAX_US) ||
          cancel(invoker, CONNECTIONS_OF_ALL, END_PATIENCE_US);
}

bool
invoker_destroy(struct invoker *invoker)
{
   if (invoker == NULL) {
      return true;
   }
   if (!worker_destroy(invoker->worker)) {
      return false;
   }
   scenario_clear(&invoker->scenario);
   capture_snapshot_destroy(invoker->snapshot);
   handshake_seen_clear(&invoker->handshake);
   free(invoker);
   return true;
}

/* Returns the time that this invocation has: the shorter of the user's limit and the platform's. */
static int64_t
limit_of(const struct options *options, const struct faas_invocation *invocation, int64_t now_unix_us)
{
   int64_t limit_us = options->timeout_ms > 0 ? (int64_t)options->timeout_ms * 1000 : -1;
   /* A platform's deadline may be any number; one too far away for microseconds counts as none. */
   if (invocation->deadline_unix_ms >= INT64_MAX / 1000) {
      return limit_us;
   }
   int64_t left_us = invocation->deadline_unix_ms > 0 ? invocation->deadline_unix_ms * 1000 - now_unix_us : 0;
   left_us = left_us < 0 ? 0 : left_us;
   int64_t reserve_us = left_us / REPORTING_SHARE;
   left_us -= reserve_us < REPORTING_MAX_US ? reserve_us : REPORTING_MAX_US;
   return limit_us >= 0 && limit_us < left_us ? limit_us : left_us;
}

static void
begin(struct invoker *invoker, struct run *run, const struct faas_invocation *invocation)
{
   struct invocation_context *context = invoker->context;
   memset(run, 0, sizeof *run);
   run->invocation = atomic_fetch_add(&context->count, 1) + 1;
   run->started_us = capture_begin(context->capture, invoker->lane.number, run->invocation);
   run->started_unix_us = clock_unix_us();
   int64_t last_us = atomic_load(&context->last_ended_boottime_us);
   run->since_last_us = last_us == 0 ? -1 : clock_boottime_us() - last_us;
   run->init_age_us = snapshot_init_age_us(context->snapshot, run->started_unix_us);
   run->limit_us = limit_of(context->options, invocation, run->started_unix_us);
}

/* Called at the deadline. A driver that sleeps between two checks of its servers is left alone: shutting down its
 * connections would only make it take the servers for dead, and not check again for five seconds. By the next
 * invocation it may be done. */
static bool
bring_back(struct invoker *invoker)
{
   if (atomic_load(&invoker->lane.sleeps)) {
      set_deadline(invoker, INT64_MAX);
      return false;
   }
   return cancel(invoker, atomic_load(&invoker->lane.turn), CANCEL_PATIENCE_US);
}

static void
run_scenario(struct invoker *invoker, struct run *run)
{
   int64_t until_us = run->limit_us < 0 ? INT64_MAX : run->started_us + run->limit_us;
   int64_t until_unix_us = run->limit_us < 0 ? INT64_MAX : run->started_unix_us + run->limit_us;
   set_deadline(invoker, until_unix_us);
   /* The previous invocation may have left the driver behind in a wait that nothing can end (a name look-up, or server
    * selection with serverSelectionTryOnce=false). Given more time, it may now return. */
   if (!worker_wait(invoker->worker, until_us)) {
      run->cut_short = true;
      run->still_blocked = true;
      run->result.insert.acknowledged = OPERATION_NOT_ACKNOWLEDGED;
      run->result.delete.acknowledged = OPERATION_NOT_ACKNOWLEDGED;
      return;
   }
   bool fresh_ids = snapshot_is_restored(invoker->context->snapshot);
   scenario_reset(&invoker->scenario, run->invocation, fresh_ids, until_unix_us);
   start(invoker, scenario_run);
   bool in_time = worker_wait(invoker->worker, until_us);
   if (!in_time) {
      run->still_blocked = !bring_back(invoker);
   }
   scenario_peek(&invoker->scenario, &run->result);
   bool complete = run->result.insert.ok && run->result.delete.ended && run->result.delete.error[0] == '\0';
   run->cut_short = !complete && (!in_time || clock_monotonic_us() >= until_us);
}

static void
take_snapshot(void *argument)
{
   struct invoker *invoker = argument;
   capture_end(invoker->context->capture, invoker->lane.number, invoker->snapshot);
}

static void
look_at_handshake(struct invoker *invoker)
{
   unsigned char message[CONNECTIONS_FIRST_MESSAGE_MAX];
   size_t length = connections_first_message(message, sizeof message);
   handshake_seen_look(&invoker->handshake, message, length, invoker->context->redactor);
}

static void
end(struct invoker *invoker, struct run *run)
{
   /* Take the snapshot and count the open connections at the same moment, or the report would contradict itself. */
   run->connections = connections_count(take_snapshot, invoker);
   connect_failure_take(&invoker->connect_failures_seen, run->connect_failure, sizeof run->connect_failure);
   run->duration_us = clock_monotonic_us() - run->started_us;
   if (invoker->handshake.json == NULL) {
      look_at_handshake(invoker);
   }
}

/* A successful delete shows that the database answers again. */
static void
sweep_in_time(struct invoker *invoker, const struct run *run)
{
   int64_t left_us = run->limit_us < 0 ? SWEEP_MAX_US : run->limit_us - run->duration_us;
   if (run->result.delete.ok) {
      sweep(invoker, left_us < SWEEP_MAX_US ? left_us : SWEEP_MAX_US);
   }
}

static void
judge(struct invoker *invoker, struct run *run)
{
   struct assertion_facts facts = {.snapshot = invoker->snapshot,
                                   .result = &run->result,
                                   .connections = run->connections,
                                   .cut_short = run->cut_short,
                                   .driver_sends_env = handshake_driver_sends_env(),
                                   .handshake_seen = invoker->handshake.sent.client_json != NULL,
                                   .handshake_env = invoker->handshake.sent.env_name,
                                   .expected_env = invoker->handshake.expected.name,
                                   .handshake_size = invoker->handshake.size};
   assertions_judge(invoker->assertions, &facts);
}

/* Fills outcome->failure, which stays empty when nothing failed. */
static void
find_failure(const struct invoker *invoker, const struct run *run, struct outcome *outcome)
{
   struct failure_facts facts = {.result = &run->result,
                                 .assertions = invoker->assertions,
                                 .snapshot = invoker->snapshot,
                                 .connect_failure = run->connect_failure,
                                 .replica_set = client_replica_set(invoker->context->client),
                                 .limit_us = run->limit_us,
                                 .cut_short = run->cut_short,
                                 .still_blocked = run->still_blocked};
   failure_find(&facts, &outcome->failure);
   redactor_apply(invoker->context->redactor, outcome->failure.message);
   utf8_make_one_line(outcome->failure.message);
   outcome->passed = outcome->failure.type[0] == '\0';
}

static void
make_report(struct invoker *invoker,
            const struct run *run,
            const struct faas_invocation *invocation,
            struct outcome *outcome)
{
   struct report_facts facts = {.error_type = outcome->passed ? NULL : outcome->failure.type,
                                .error_message = outcome->failure.message,
                                .invocation = run->invocation,
                                .invocation_id = invocation->id,
                                .started_unix_us = run->started_unix_us,
                                .started_us = run->started_us,
                                .duration_us = run->duration_us,
                                .since_last_us = run->since_last_us,
                                .init_age_us = run->init_age_us,
                                .limit_us = run->limit_us,
                                .snapshot = invoker->snapshot,
                                .result = &run->result,
                                .connections = run->connections,
                                .connect_failure = run->connect_failure,
                                .assertions = invoker->assertions,
                                .driver_version = driver_version(),
                                .harness_version = FAAS_HARNESS_VERSION,
                                .provider_name = invoker->context->provider->name,
                                .provider_version = invoker->context->provider->version,
                                .client_mode = client_mode_name(client_mode(invoker->context->client)),
                                .client_uri = client_shown_uri(invoker->context->client),
                                .handshake_json = invoker->handshake.json,
                                .handshake_size = invoker->handshake.size,
                                .with_events = invoker->context->options->with_events};
   struct faas_error error;
   outcome->report = report_make(&facts, invoker->context->redactor, &error);
   if (outcome->report == NULL && outcome->passed) {
      outcome->passed = false;
      outcome->failure = error;
   }
}

void
invoker_run(struct invoker *invoker, const struct faas_invocation *invocation, struct outcome *outcome)
{
   struct run run;
   faas_error_clear(&outcome->failure);
   begin(invoker, &run, invocation);
   run_scenario(invoker, &run);
   end(invoker, &run);
   sweep_in_time(invoker, &run);
   judge(invoker, &run);
   find_failure(invoker, &run, outcome);
   make_report(invoker, &run, invocation, outcome);
   atomic_store(&invoker->context->last_ended_boottime_us, clock_boottime_us());
}

void
outcome_clear(struct outcome *outcome)
{
   free(outcome->report);
   outcome->report = NULL;
}
