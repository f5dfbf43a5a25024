#include "phase.h"

#include "clock.h"
#include "crowd.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#define LAMBDA_DEFAULT_MS 3000
#define API_GATEWAY_MS 29000

/* How long to wait for workers. A worker that has answered asks for its next event at once, and a worker of a fresh
 * process asks as soon as it exists. */
#define WORKERS_MAX_US 2000000

/* Concurrent invocations of the drill's own function, or one. */
struct at_once {
   size_t first; /* indices in the results: first, first + 1, ... */
   size_t count;
};

/* The worst of them is last: one that failed, or else the slowest. */
static size_t
last_of(const struct at_once *invoked)
{
   return invoked->first + invoked->count - 1;
}

void
phase_fail(struct drill *drill, const char *format, ...)
{
   struct drill_phase *record = drill_phase(drill);
   if (record->verdict == DRILL_FAIL) {
      return;
   }
   record->verdict = DRILL_FAIL;
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(record->reason, sizeof record->reason, format, arguments);
   va_end(arguments);
}

void
phase_skip(struct drill *drill, const char *reason)
{
   struct drill_phase *record = drill_phase(drill);
   if (record->verdict == DRILL_FAIL) {
      return;
   }
   record->verdict = DRILL_SKIPPED;
   write_text(TEXT_OUT(record->reason), "%s", reason);
}

void
phase_fail_init(struct drill *drill, const char *what, const struct invocation_result *result)
{
   const char *payload = result->payload == NULL ? "" : result->payload;
   phase_fail(drill, "%s: %s%s%.300s", what, result->error_type, payload[0] == '\0' ? "" : ": ", payload);
}

void
phase_fail_hidden_error(struct drill *drill, const char *when, const struct drill_invocation *one)
{
   phase_fail(drill,
              "%s the function reported success%s",
              when,
              one->has_report ? "" : ". Pass the error on, or answer with status 500");
}

void
phase_excuse_option(struct drill_invocation *one, const char *before)
{
   one->verdict = DRILL_SKIPPED;
   write_text(TEXT_OUT(one->reason),
              "this driver does not support the option: it fails before %s: %.400s",
              before,
              one->reason);
}

void
phase_recovered(struct drill *drill, double recover_ms)
{
   struct drill_phase *record = drill_phase(drill);
   record->recover_ms = fmax(record->recover_ms, recover_ms);
}

bool
phase_facts(struct drill *drill, struct witness_facts *facts, struct drill_error *error)
{
   bool copied = witness_facts_init(facts, drill->witness);
   if (!copied) {
      drill_error_set(error, "out of memory: could not read the record of the wire");
   }
   return copied;
}

struct slow_written
phase_written_since(struct drill *drill, int64_t since_us)
{
   struct slow_written written;
   size_t count;
   struct witness_write *writes = front_writes(deployment_front(drill->deployment), &count, NULL);
   slow_look_written(&written, writes, count, since_us);
   free(writes);
   return written;
}

void
phase_time_limits_advice(struct text_out out, double needed_ms)
{
   out.text[0] = '\0';
   if (needed_ms >= API_GATEWAY_MS) {
      write_text(
         out, "The function fails with Lambda's default time limit of 3 s, and behind API Gateway, which waits 29 s.");
   } else if (needed_ms >= LAMBDA_DEFAULT_MS) {
      write_text(out,
                 "With a time limit under %.0f s, such as Lambda's default of 3 s, the function fails.",
                 needed_ms / 1000 + 1);
   }
}

/* Appends "2 heartbeats failed" and the like to what is there. */
static void
tell(struct text_out out, unsigned long count, const char *one, const char *many)
{
   if (count > 0) {
      append_text(out, "%s%lu %s", out.text[0] == '\0' ? "" : ", ", count, count == 1 ? one : many);
   }
}

/* Counts what the front saw since the end of the previous invocation. */
static void
tell_what_came(struct drill_phase *phase,
               size_t invocations,
               const struct witness_counts *before,
               const struct witness_counts *now)
{
   struct text_out out = TEXT_OUT(phase->driver_did);
   out.text[0] = '\0';
   tell(out, now->hellos - before->hellos, "hello", "hellos");
   tell(out, now->awaitable - before->awaitable, "awaitable", "awaitable");
   tell(out, now->connections - before->connections, "new connection", "new connections");
   tell(out, now->refused - before->refused, "refused connection", "refused connections");
   tell(out, now->commands - before->commands, "command", "commands");
   tell(out, now->commands_failed - before->commands_failed, "failed", "failed");
   tell(out, now->commands_retried - before->commands_retried, "retried", "retried");
   if (out.text[0] == '\0') {
      write_text(out, "nothing reached the server");
   }
   if (invocations > 1) {
      write_text(out, "%zu at once: %.200s", invocations, out.text);
   }
}

/* Takes the counts from the function's report, because there is no front. */
static void
tell_what_driver_did(struct drill_phase *phase, const struct drill_invocation *invocation)
{
   struct text_out out = TEXT_OUT(phase->driver_did);
   out.text[0] = '\0';
   tell(out, invocation->heartbeats, "heartbeat", "heartbeats");
   tell(out, invocation->heartbeats_failed, "failed", "failed");
   tell(out, invocation->heartbeats_awaited, "awaited", "awaited");
   tell(out, invocation->connections_created, "new connection", "new connections");
   tell(out, invocation->commands_failed, "command failed", "commands failed");
   tell(out, invocation->commands_retried, "retried", "retried");
   if (out.text[0] == '\0' && invocation->has_report) {
      write_text(out, "no heartbeat, no new connection");
   }
}

/* Describes what the front saw of the invocations, and notes in each how many connections are open. */
static void
look_at_server(struct drill *drill, struct drill_phase *phase, const struct at_once *invoked)
{
   struct front *front = deployment_front(drill->deployment);
   if (front == NULL) {
      tell_what_driver_did(phase, drill_invocation(drill, last_of(invoked)));
      return;
   }
   struct front_counters counters;
   front_counters(front, &counters);
   for (size_t i = invoked->first; i < invoked->first + invoked->count; i++) {
      drill_invocation(drill, i)->alone = true;
      /* Dropped connections lost their environment, so they are not the function's. */
      drill_invocation(drill, i)->server_connections = counters.connections_open - counters.connections_dropped;
   }
   struct witness_counts now;
   witness_counts(drill->witness, &now);
   tell_what_came(phase, invoked->count, &drill->seen, &now);
   drill->seen = now;
   drill->last_port = witness_last_port(drill->witness);
}

static void
take_over(struct drill *drill, const struct drill_invocation *invocation)
{
   struct drill_phase *record = drill_phase(drill);
   record->frozen_ms = fmax(record->frozen_ms, invocation->frozen_ms);
   record->frozen_cpu_ms = fmax(record->frozen_cpu_ms, invocation->frozen_cpu_ms);
   if (invocation->verdict == DRILL_FAIL) {
      phase_fail(
         drill, "%s%s%s", invocation->error_type, invocation->error_type[0] == '\0' ? "" : ": ", invocation->reason);
   }
}

static void
judge_how_many(struct drill *drill, size_t open)
{
   unsigned wanted = drill->options->concurrency;
   if (open == 1) {
      phase_fail(
         drill,
         "only 1 of %u invocations ran at a time: the function's runtime must honour AWS_LAMBDA_MAX_CONCURRENCY",
         wanted);
   } else if (open < wanted) {
      phase_fail(drill,
                 "only %zu of %u invocations ran at a time: no more of the function's workers asked for an event",
                 open,
                 wanted);
   }
}

static bool
is_worse(const struct drill_invocation *one, const struct drill_invocation *other)
{
   if ((one->verdict == DRILL_FAIL) != (other->verdict == DRILL_FAIL)) {
      return one->verdict == DRILL_FAIL;
   }
   return one->duration_ms > other->duration_ms;
}

/* Moves the worst invocation to the end, because among invocations in a row the last one counts. */
static void
put_worst_last(struct drill *drill, struct at_once *invoked)
{
   struct drill_invocation *last = drill_invocation(drill, last_of(invoked)), *worst = last;
   for (struct drill_invocation *one = drill_invocation(drill, invoked->first); one < last; one++) {
      worst = is_worse(one, worst) ? one : worst;
   }
   const struct drill_invocation kept = *last;
   *last = *worst;
   *worst = kept;
}

/* Makes --concurrency invocations, or fewer when fewer workers ask for events. The first invocation of a process is
 * alone, because its workers do not exist yet. */
static int
invoke(struct drill *drill, const char *name, struct at_once *invoked, struct drill_error *error)
{
   struct environment *environment = drill->function->environment;
   unsigned wanted = drill->options->concurrency;
   if (wanted <= 1 || environment_process(environment) == 0) {
      *invoked = (struct at_once){.count = 1};
      return drill_invoke(drill, drill->function, name, &invoked->first, error);
   }
   unsigned workers = environment_await_workers(environment, wanted, clock_now_us() + WORKERS_MAX_US);
   size_t count = workers > wanted ? wanted : workers > 0 ? workers : 1;
   *invoked = (struct at_once){.first = drill->results->invocation_count, .count = count};
   struct crowd crowd;
   if (crowd_of_one(&crowd, drill, drill->function, name, count, error) != 0) {
      return -1;
   }
   int result = crowd_invoke(&crowd, NULL, error);
   crowd_clear(&crowd);
   if (result == 0) {
      put_worst_last(drill, invoked);
      judge_how_many(drill, count);
   }
   return result;
}

struct drill_invocation *
phase_invoke(struct drill *drill, const char *name, struct drill_error *error)
{
   struct at_once invoked;
   if ((drill->function == NULL && drill_new_function(drill, NULL, FUNCTION_SETTLE_MS, error) != 0) ||
       invoke(drill, name, &invoked, error) != 0) {
      return NULL;
   }
   look_at_server(drill, drill_phase(drill), &invoked);
   for (size_t i = invoked.first; i < invoked.first + invoked.count; i++) {
      take_over(drill, drill_invocation(drill, i));
   }
   return drill_invocation(drill, last_of(&invoked));
}

int
phase_get_ready(struct drill *drill, const char *name, struct drill_error *error)
{
   return drill->function == NULL && phase_invoke(drill, name, error) == NULL ? -1 : 0;
}

static struct drill_invocation *
invoke_excused(struct drill *drill, struct function *function, const char *name, struct drill_error *error)
{
   size_t number;
   if (function == NULL || drill_invoke(drill, function, name, &number, error) != 0) {
      return NULL;
   }
   drill_invocation(drill, number)->excused = true;
   return drill_invocation(drill, number);
}

struct drill_invocation *
phase_invoke_excused(struct drill *drill, const char *name, struct drill_error *error)
{
   return invoke_excused(drill, drill->function, name, error);
}

struct drill_invocation *
phase_invoke_as(struct drill *drill, const struct function_wish *wish, const char *name, struct drill_error *error)
{
   struct function *function = function_new(drill, wish, error);
   struct drill_invocation *one = invoke_excused(drill, function, name, error);
   function_destroy(function);
   return one;
}
