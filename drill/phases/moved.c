#include "moved.h"

#include "append.h"
#include "phase.h"

#include <math.h>
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
static const struct drill_invocation *
lose_all(struct drill *drill, const char *name, struct drill_error *error)
{
   size_t number;
   if (moved_move(drill, FRONT_NONE, error) != 0 || drill_invoke(drill, drill->function, name, &number, error) != 0) {
      return NULL;
   }
   struct drill_invocation *one = drill_invocation(drill, number);
   one->excused = true;
   struct drill_phase *record = drill_phase(drill);
   record->frozen_ms = fmax(record->frozen_ms, one->frozen_ms);
   return one;
}

static void
judge_lost(struct drill *drill, const struct drill_invocation *one)
{
   double seconds = one->duration_ms / 1e3;
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      phase_fail(drill,
                 "with all known members down the function hung until its time limit of %g s, so no error says why: "
                 "set serverSelectionTimeoutMS (30 s in most drivers) to less than that",
                 drill->options->timeout_ms / 1e3);
   } else if (drill_reported_success(one)) {
      phase_fail(drill,
                 "with all known members down the function reported success%s",
                 one->has_report ? "" : ". Pass the error on, or answer with status 500");
   } else if (one->verdict == DRILL_FAIL && !drill_ended_as(one, INVOCATION_FUNCTION_ERROR)) {
      phase_fail(drill, "with all known members down: %s after %.1f s. %.300s", one->outcome, seconds, one->reason);
   }
}

/* For a function that hangs: tests whether a shorter serverSelectionTimeoutMS makes it give up sooner. */
static int
try_setting(struct drill *drill, char *helps, size_t size, struct drill_error *error)
{
   char setting[40], name[64];
   unsigned limit_ms = drill->options->timeout_ms;
   (void)snprintf(setting,
                  sizeof setting,
                  "serverSelectionTimeoutMS=%u",
                  limit_ms >= 4 * SELECTION_MS ? SELECTION_MS : limit_ms / 4);
   (void)snprintf(name, sizeof name, "moved, all down, %s", setting);
   if (drill_new_function(drill, setting, FUNCTION_SETTLE_MS, error) != 0 ||
       phase_invoke(drill, MOVED_BEFORE, error) == NULL) {
      return -1;
   }
   const struct drill_invocation *one = lose_all(drill, name, error);
   if (one == NULL) {
      return -1;
   }
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      (void)snprintf(helps, size, "%s in the URI does not help. ", setting);
   } else {
      (void)snprintf(
         helps, size, "With %s in the URI: %s after %.1f s. ", setting, one->outcome, one->duration_ms / 1e3);
   }
   return 0;
}

int
moved_all_down(struct drill *drill, char *did, size_t size, struct drill_error *error)
{
   char time[MOVED_TIME_MAX], helps[128] = "";
   const struct drill_invocation *one =
      phase_get_ready(drill, MOVED_BEFORE, error) == 0 ? lose_all(drill, "moved, all down", error) : NULL;
   if (one == NULL) {
      return -1;
   }
   judge_lost(drill, one);
   moved_time(time, one->duration_ms);
   append_text(did, size, "; all down: %s after %s; new process: ", one->outcome, time);
   if (drill_ended_as(one, INVOCATION_TIMED_OUT) && try_setting(drill, helps, sizeof helps, error) != 0) {
      return -1;
   }
   drill_end_function(drill);
   one = phase_invoke(drill, "moved, new process", error);
   if (one == NULL) {
      return -1;
   }
   append_text(did, size, "%s", one->outcome);
   struct drill_phase *record = drill_phase(drill);
   (void)snprintf(record->advice,
                  sizeof record->advice,
                  "%sA process that reaches none of the addresses it knows never finds the new ones, not even with "
                  "mongodb+srv://: drivers poll SRV records for sharded clusters only. End the process after server "
                  "selection fails, so that the next one starts with the new addresses.",
                  helps);
   return 0;
}
