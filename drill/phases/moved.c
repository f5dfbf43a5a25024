#include "moved.h"

#include "append.h"
#include "phase.h"

#include <stdio.h>

/* How long a process that is not suspended runs between the move and its next event: as long as an outage takes. */
#define RUNS_ON_MS 2000

#define SELECTION_MS 5000

void
moved_time(char text[MOVED_TIME_MAX], double ms)
{
   (void)snprintf(text, MOVED_TIME_MAX, ms < 1000 ? "%.0f ms" : "%.1f s", ms < 1000 ? ms : ms / 1e3);
}

int
moved_get_ready(struct drill *drill, size_t phase, struct drill_error *error)
{
   size_t number;
   return drill->function == NULL ? phase_invoke(drill, phase, "moved, before", &number, error) : 0;
}

int
moved_move(struct drill *drill, int kept, struct drill_error *error)
{
   live_doing(drill->live, "moving the members", 0);
   if (deployment_move(drill->deployment, kept, error) != 0) {
      return -1;
   }
   return drill_runs_on(drill) ? drill_freeze(drill, RUNS_ON_MS, "idle, all members moved", error)
                               : drill_freeze(drill, drill->options->freeze_ms, "suspended, all members moved", error);
}

static bool
came_to(const struct witness_facts *facts, size_t connection, uint16_t port)
{
   return connection < facts->connection_count && facts->connections[connection].member_port == port;
}

void
moved_traffic_add(struct moved_traffic *traffic, const struct witness_facts *facts, uint16_t port, int64_t since_us)
{
   for (size_t i = 0; i < facts->connection_count; i++) {
      traffic->connections += facts->connections[i].opened_us >= since_us && came_to(facts, i, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->hello_count; i++) {
      const struct witness_hello *one = &facts->hellos[i];
      traffic->hellos += one->start_us >= since_us && came_to(facts, one->connection, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *one = &facts->commands[i];
      traffic->commands += one->start_us >= since_us && came_to(facts, one->connection, port) ? 1 : 0;
   }
   for (size_t i = 0; i < facts->refusal_count; i++) {
      const struct witness_refusal *one = &facts->refusals[i];
      traffic->refused += one->at_us >= since_us && one->member_port == port ? 1 : 0;
   }
}

/* A failure of this invocation does not fail the phase. */
static int
lose_all(struct drill *drill, size_t phase, const char *name, size_t *number, struct drill_error *error)
{
   if (moved_move(drill, FRONT_NONE, error) != 0 ||
       drill_invoke(drill, drill->function, phase, name, number, error) != 0) {
      return -1;
   }
   struct drill_invocation *one = drill_invocation(drill, *number);
   one->excused = true;
   struct drill_phase *record = drill_phase(drill, phase);
   record->frozen_ms = one->frozen_ms > record->frozen_ms ? one->frozen_ms : record->frozen_ms;
   return 0;
}

static void
judge_lost(struct drill *drill, size_t phase, const struct drill_invocation *one)
{
   double seconds = one->duration_ms / 1e3;
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      phase_fail(drill,
                 phase,
                 "with all known members down the function hung until its time limit of %g s, so no error says why: "
                 "set serverSelectionTimeoutMS (30 s in most drivers) to less than that",
                 drill->options->timeout_ms / 1e3);
   } else if (drill_reported_success(one)) {
      phase_fail(drill,
                 phase,
                 "with all known members down the function reported success%s",
                 one->has_report ? "" : ". Pass the error on, or answer with status 500");
   } else if (one->verdict == DRILL_FAIL && !drill_ended_as(one, INVOCATION_FUNCTION_ERROR)) {
      phase_fail(
         drill, phase, "with all known members down: %s after %.1f s. %.300s", one->outcome, seconds, one->reason);
   }
}

/* For a function that hangs: tests whether a shorter serverSelectionTimeoutMS makes it give up sooner. */
static int
try_setting(struct drill *drill, size_t phase, char *helps, size_t size, struct drill_error *error)
{
   size_t number;
   char setting[40], name[64];
   unsigned limit_ms = drill->options->timeout_ms;
   (void)snprintf(setting,
                  sizeof setting,
                  "serverSelectionTimeoutMS=%u",
                  limit_ms >= 4 * SELECTION_MS ? SELECTION_MS : limit_ms / 4);
   (void)snprintf(name, sizeof name, "moved, all down, %s", setting);
   drill_end_function(drill);
   drill->function = function_new(drill, setting, FUNCTION_SETTLE_MS, error);
   if (drill->function == NULL || phase_invoke(drill, phase, "moved, before", &number, error) != 0 ||
       lose_all(drill, phase, name, &number, error) != 0) {
      return -1;
   }
   const struct drill_invocation *one = drill_invocation(drill, number);
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      (void)snprintf(helps, size, "%s in the URI does not help. ", setting);
   } else {
      (void)snprintf(
         helps, size, "With %s in the URI: %s after %.1f s. ", setting, one->outcome, one->duration_ms / 1e3);
   }
   return 0;
}

int
moved_all_down(struct drill *drill, size_t phase, char *did, size_t size, struct drill_error *error)
{
   size_t number, new;
   char helps[128] = "";
   if (moved_get_ready(drill, phase, error) != 0 || lose_all(drill, phase, "moved, all down", &number, error) != 0) {
      return -1;
   }
   judge_lost(drill, phase, drill_invocation(drill, number));
   if (drill_ended_as(drill_invocation(drill, number), INVOCATION_TIMED_OUT) &&
       try_setting(drill, phase, helps, sizeof helps, error) != 0) {
      return -1;
   }
   drill_end_function(drill);
   if (phase_invoke(drill, phase, "moved, new process", &new, error) != 0) {
      return -1;
   }
   char time[MOVED_TIME_MAX];
   moved_time(time, drill_invocation(drill, number)->duration_ms);
   append_text(did,
               size,
               "; all down: %s after %s; new process: %s",
               drill_invocation(drill, number)->outcome,
               time,
               drill_invocation(drill, new)->outcome);
   struct drill_phase *record = drill_phase(drill, phase);
   (void)snprintf(record->advice,
                  sizeof record->advice,
                  "%sA process that reaches none of the addresses it knows never finds the new ones, not even with "
                  "mongodb+srv://: drivers poll SRV records for sharded clusters only. End the process after server "
                  "selection fails, so that the next one starts with the new addresses.",
                  helps);
   return 0;
}
