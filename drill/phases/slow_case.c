#include "slow_case.h"

#include "clock.h"
#include "phase.h"
#include "slow_look.h"

#include <stdio.h>
#include <stdlib.h>

static const struct front_delays in_time = {.loss_percent = 0};

static int64_t
axis_us(const struct drill *drill, double ms)
{
   return timeline_origin_us(drill->timeline) + (int64_t)(ms * 1e3);
}

static double
init_ms(const struct drill_invocation *one)
{
   return one->init_ms > 0 ? one->init_ms : 0;
}

static enum slow_end
end_of(const struct drill_invocation *one)
{
   if (one->verdict == DRILL_PASS) {
      return SLOW_ANSWERED;
   }
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      return SLOW_TIMED_OUT;
   }
   return drill_ended_as(one, INVOCATION_CRASHED) || drill_ended_as(one, INVOCATION_OUT_OF_MEMORY) ? SLOW_ENDED
                                                                                                   : SLOW_FAILED;
}

static struct slow_window
window_of(const struct drill *drill, const struct drill_invocation *one)
{
   return (struct slow_window){.start_us = axis_us(drill, one->at_ms - init_ms(one)),
                               .end_us = axis_us(drill, one->at_ms + one->duration_ms),
                               .cold = one->cold,
                               .event_us = axis_us(drill, one->at_ms),
                               .timed_out = end_of(one) == SLOW_TIMED_OUT};
}

struct slow_written
slow_written_since(struct drill *drill, int64_t since_us)
{
   struct slow_written written;
   size_t count;
   struct front_write *writes = front_writes(deployment_front(drill->deployment), &count);
   slow_look_written(&written, writes, count, since_us);
   free(writes);
   return written;
}

int
slow_case_in_time(struct drill *drill, const char *name, struct slow_usual *usual, struct drill_error *error)
{
   struct witness_facts facts;
   int64_t since_us = clock_now_us();
   const struct drill_invocation *one = phase_invoke(drill, name, error);
   if (one == NULL) {
      return -1;
   }
   const struct slow_window window = window_of(drill, one);
   bool copied = phase_facts(drill, &facts, error);
   if (copied) {
      unsigned primary = (unsigned)front_primary(deployment_front(drill->deployment));
      *usual = (struct slow_usual){.took_ms = slow_look_took_ms(&facts, &window),
                                   .messages = slow_look_messages(&facts, primary, &window),
                                   .documents = slow_written_since(drill, since_us).documents};
   }
   witness_facts_clear(&facts);
   return copied ? 0 : -1;
}

/* Warms up a process so that it has its connections. Sets *knows to false when the driver refuses uri_options, which is
 * not a failure. */
static int
warm_up(struct drill *drill, const char *uri_options, bool *knows, struct drill_error *error)
{
   size_t number;
   if (uri_options == NULL) {
      return phase_invoke(drill, "in time, cold", error) == NULL ? -1 : 0;
   }
   if (drill_invoke(drill, drill->function, uri_options, &number, error) != 0) {
      return -1;
   }
   struct drill_invocation *one = drill_invocation(drill, number);
   *knows = one->verdict == DRILL_PASS;
   if (!*knows) {
      phase_excuse_option(one, "any member is slow");
   }
   return 0;
}

static int
prepare(struct drill *drill, bool cold, const char *uri_options, bool *knows, struct drill_error *error)
{
   *knows = true;
   if (!cold && uri_options == NULL && drill->function != NULL) {
      return 0;
   }
   if (drill_new_function(drill, uri_options, cold ? 0 : FUNCTION_SETTLE_MS, error) != 0) {
      return -1;
   }
   return cold ? 0 : warm_up(drill, uri_options, knows, error);
}

/* Makes one invocation with delays; its failure does not fail the phase yet. */
static struct drill_invocation *
invoke_late(struct drill *drill, const char *name, const struct front_delays *delays, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   size_t number;
   front_delay(front, delays);
   int failed = drill_invoke(drill, drill->function, name, &number, error);
   front_delay(front, &in_time);
   witness_counts(drill->witness, &drill->seen);
   drill->last_port = witness_last_port(drill->witness);
   if (failed != 0) {
      return NULL;
   }
   drill_invocation(drill, number)->alone = true;
   return drill_invocation(drill, number);
}

static int
look(struct drill *drill,
     unsigned member,
     const struct drill_invocation *invoked,
     int64_t since_us,
     struct slow_case *one,
     struct drill_error *error)
{
   struct witness_facts facts;
   const struct slow_window window = window_of(drill, invoked);
   bool copied = phase_facts(drill, &facts, error);
   if (copied) {
      one->took_ms = slow_look_took_ms(&facts, &window);
      slow_look_given_up(&one->given_up, &facts, &window);
      one->commands_there = slow_look_commands(&facts, member, &window);
      one->written = slow_written_since(drill, since_us);
   }
   witness_facts_clear(&facts);
   return copied ? 0 : -1;
}

int
slow_case_hold(struct drill *drill, struct slow_case *one, const char *uri_options, struct drill_error *error)
{
   unsigned member = (unsigned)front_primary(deployment_front(drill->deployment));
   member = one->member == SLOW_PRIMARY ? member : (member + 1) % FRONT_MEMBERS;
   struct front_delays delays = in_time;
   char name[64];
   (void)snprintf(name,
                  sizeof name,
                  "%s %g s late, %s",
                  one->member == SLOW_PRIMARY ? "primary" : "secondary",
                  one->late_ms / 1e3,
                  uri_options != NULL ? uri_options
                  : one->cold         ? "cold"
                                      : "warm");
   delays.late_ms[member] = one->late_ms;
   bool knows;
   if (prepare(drill, one->cold, uri_options, &knows, error) != 0) {
      return -1;
   }
   if (!knows) {
      one->end = SLOW_LEFT_OUT;
      drill_end_function(drill);
      return 0;
   }
   int64_t since_us = clock_now_us();
   struct drill_invocation *invoked = invoke_late(drill, name, &delays, error);
   if (invoked == NULL) {
      return -1;
   }
   one->end = end_of(invoked);
   (void)snprintf(one->reason, sizeof one->reason, "%.*s", (int)sizeof one->reason - 1, invoked->reason);
   invoked->excused = invoked->verdict == DRILL_FAIL;
   int failed = look(drill, member, invoked, since_us, one, error);
   if (one->cold || one->end != SLOW_ANSWERED) {
      drill_end_function(drill);
   }
   return failed;
}
