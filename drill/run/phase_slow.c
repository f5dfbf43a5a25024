/*
 * A primary that answers late, a secondary that does, and a network that loses packets: who waits for whom, and which
 * limit ends it. The members are late by the front, which holds back what has come to them.
 */
#include "clock.h"
#include "phase.h"
#include "phase_kinds.h"
#include "slow_look.h"
#include "slow_verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned primary_late_ms[] = {1000, 5000, 20000};
#define SECONDARY_LATE_MS 5000
#define LOSS_PERCENT 5
/* With two commands each, and what they meet always the same, two of them lose packets. */
#define LOSS_INVOCATIONS 10
/* Of the time limit, as a driver tries again, and two commands may be waited for. */
#define PART_OF_TIMEOUT 6

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

static bool
ended_as(const struct drill_invocation *one, enum invocation_outcome outcome)
{
   return strcmp(one->outcome, invocation_outcome_name(outcome)) == 0;
}

static enum slow_end
end_of(const struct drill_invocation *one)
{
   if (one->verdict == DRILL_PASS) {
      return SLOW_ANSWERED;
   }
   if (ended_as(one, INVOCATION_TIMED_OUT)) {
      return SLOW_TIMED_OUT;
   }
   return ended_as(one, INVOCATION_CRASHED) || ended_as(one, INVOCATION_OUT_OF_MEMORY) ? SLOW_ENDED : SLOW_FAILED;
}

static void
end_function(struct drill *drill)
{
   function_destroy(drill->function);
   drill->function = NULL;
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

/* What it inserted since then. */
static struct slow_written
written_since(struct drill *drill, int64_t since_us)
{
   struct slow_written written;
   size_t count;
   struct front_write *writes = front_writes(deployment_front(drill->deployment), &count);
   slow_look_written(&written, writes, count, since_us);
   free(writes);
   return written;
}

/* While nothing is slow, and so what comes of it counts. A function that fails then is a failure of the phase. */
static int
invoke_in_time(struct drill *drill, size_t phase, const char *name, struct slow_usual *usual, struct drill_error *error)
{
   struct witness_facts facts;
   size_t number;
   int64_t since_us = clock_now_us();
   if (phase_invoke(drill, phase, name, &number, error) != 0) {
      return -1;
   }
   const struct drill_invocation *one = drill_invocation(drill, number);
   const struct slow_window window = window_of(drill, one);
   if (!witness_facts_init(&facts, drill->witness)) {
      drill_error_set(error, "out of memory: could not look at what came over the wire");
      return -1;
   }
   unsigned primary = (unsigned)front_primary(deployment_front(drill->deployment));
   *usual = (struct slow_usual){.took_ms = slow_look_took_ms(&facts, &window),
                                .messages = slow_look_messages(&facts, primary, &window),
                                .documents = written_since(drill, since_us).documents};
   witness_facts_clear(&facts);
   return 0;
}

/* A process that has its connections; or none, for a cold start. */
static int
prepare(struct drill *drill, size_t phase, bool cold, const char *uri_options, struct drill_error *error)
{
   size_t number;
   if (!cold && uri_options == NULL && drill->function != NULL) {
      return 0;
   }
   end_function(drill);
   drill->function = function_new(drill, uri_options, cold ? 0 : FUNCTION_SETTLE_MS, error);
   if (drill->function == NULL) {
      return -1;
   }
   return cold ? 0 : phase_invoke(drill, phase, "in time, cold", &number, error);
}

/* One invocation with delays, whose failure is not the phase's yet. */
static int
invoke_late(struct drill *drill,
            size_t phase,
            const char *name,
            const struct front_delays *delays,
            size_t *number,
            struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   front_delay(front, delays);
   int failed = drill_invoke(drill, drill->function, phase, name, number, error);
   front_delay(front, &in_time);
   if (failed == 0) {
      drill_invocation(drill, *number)->alone = true;
   }
   witness_counts(drill->witness, &drill->seen);
   drill->last_port = witness_last_port(drill->witness);
   return failed;
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
   if (!witness_facts_init(&facts, drill->witness)) {
      drill_error_set(error, "out of memory: could not look at what came over the wire");
      return -1;
   }
   one->took_ms = slow_look_took_ms(&facts, &window);
   slow_look_given_up(&one->given_up, &facts, &window);
   one->commands_there = slow_look_commands(&facts, member, &window);
   one->written = written_since(drill, since_us);
   witness_facts_clear(&facts);
   return 0;
}

/* The process is one for prepare to make. */
static int
hold_case(struct drill *drill, size_t phase, struct slow_case *one, const char *uri_options, struct drill_error *error)
{
   unsigned member = (unsigned)front_primary(deployment_front(drill->deployment));
   member = one->member == SLOW_PRIMARY ? member : (member + 1) % FRONT_MEMBERS;
   struct front_delays delays = in_time;
   char name[64];
   size_t number = 0;
   (void)snprintf(name,
                  sizeof name,
                  "%s %g s late, %s%s%s",
                  one->member == SLOW_PRIMARY ? "primary" : "secondary",
                  one->late_ms / 1e3,
                  one->cold ? "cold" : "warm",
                  uri_options == NULL ? "" : ", ",
                  uri_options == NULL ? "" : uri_options);
   delays.late_ms[member] = one->late_ms;
   if (prepare(drill, phase, one->cold, uri_options, error) != 0) {
      return -1;
   }
   int64_t since_us = clock_now_us();
   if (invoke_late(drill, phase, name, &delays, &number, error) != 0) {
      return -1;
   }
   const struct drill_invocation *invoked = drill_invocation(drill, number);
   one->end = end_of(invoked);
   (void)snprintf(one->reason, sizeof one->reason, "%.*s", (int)sizeof one->reason - 1, invoked->reason);
   drill_invocation(drill, number)->excused = invoked->verdict == DRILL_FAIL;
   int failed = look(drill, member, invoked, since_us, one, error);
   if (one->cold || one->end != SLOW_ANSWERED) {
      end_function(drill);
   }
   return failed;
}

static int
add_case(struct drill *drill,
         size_t phase,
         struct slow_facts *facts,
         const struct slow_case *asked,
         struct drill_error *error)
{
   struct slow_case *one = &facts->cases[facts->count++];
   *one = *asked;
   if (one->member == SLOW_PRIMARY && one->late_ms >= facts->timeout_ms) {
      one->end = SLOW_LEFT_OUT;
      return 0;
   }
   int failed = hold_case(drill, phase, one, NULL, error);
   char why[sizeof drill_phase(drill, phase)->reason];
   if (failed == 0 && slow_case_fails(why, sizeof why, facts, one)) {
      phase_fail(drill, phase, "%s", why);
   }
   return failed;
}

static int
hold_cases(struct drill *drill, size_t phase, struct slow_facts *facts, struct drill_error *error)
{
   int failed = 0;
   for (size_t i = 0; i < 2 * sizeof primary_late_ms / sizeof primary_late_ms[0] && failed == 0; i++) {
      const struct slow_case one = {.member = SLOW_PRIMARY, .late_ms = primary_late_ms[i / 2], .cold = i % 2 == 1};
      failed = add_case(drill, phase, facts, &one, error);
   }
   for (size_t i = 0; i < 2 && failed == 0; i++) {
      const struct slow_case one = {.member = SLOW_SECONDARY, .late_ms = SECONDARY_LATE_MS, .cold = i == 1};
      failed = add_case(drill, phase, facts, &one, error);
   }
   return failed;
}

/* Of a warm function that the time limit ended: the same with a limit that comes before. */
static int
prove(struct drill *drill, size_t phase, struct slow_facts *facts, struct drill_error *error)
{
   struct slow_proof *proof = &facts->proof;
   struct slow_case one = {.member = SLOW_PRIMARY};
   for (size_t i = 0; i < facts->count && one.late_ms == 0; i++) {
      if (facts->cases[i].end == SLOW_TIMED_OUT && facts->cases[i].member == SLOW_PRIMARY && !facts->cases[i].cold) {
         one.late_ms = facts->cases[i].late_ms;
      }
   }
   if (one.late_ms == 0) {
      return 0;
   }
   (void)snprintf(
      proof->setting, sizeof proof->setting, "socketTimeoutMS=%u", facts->timeout_ms / PART_OF_TIMEOUT / 100 * 100);
   int failed = hold_case(drill, phase, &one, proof->setting, error);
   proof->tried = true;
   proof->late_ms = one.late_ms;
   proof->end = one.end;
   proof->took_ms = one.took_ms;
   return failed;
}

static int
lose(struct drill *drill, size_t phase, struct slow_facts *facts, struct drill_error *error)
{
   struct slow_loss *loss = &facts->loss;
   const struct front_delays delays = {.loss_percent = LOSS_PERCENT};
   struct front *front = deployment_front(drill->deployment);
   *loss = (struct slow_loss){.percent = LOSS_PERCENT, .slowest_ms = 0};
   end_function(drill);
   drill->function = function_new(drill, NULL, 0, error);
   front_delay(front, &delays);
   int failed = drill->function == NULL ? -1 : 0;
   for (unsigned i = 0; i < LOSS_INVOCATIONS && failed == 0; i++) {
      size_t number;
      failed = drill_invoke(drill, drill->function, phase, "5 % lost", &number, error);
      if (failed != 0) {
         break;
      }
      struct drill_invocation *one = drill_invocation(drill, number);
      one->alone = true;
      loss->invocations++;
      loss->answered += one->verdict == DRILL_PASS ? 1 : 0;
      loss->slowest_ms = one->duration_ms > loss->slowest_ms ? one->duration_ms : loss->slowest_ms;
      if (one->verdict == DRILL_FAIL) {
         (void)snprintf(loss->reason, sizeof loss->reason, "%.*s", (int)sizeof loss->reason - 1, one->reason);
      }
   }
   front_delay(front, &in_time);
   char why[sizeof drill_phase(drill, phase)->reason];
   if (failed == 0 && slow_loss_fails(why, sizeof why, facts)) {
      phase_fail(drill, phase, "%s", why);
   }
   return failed;
}

static int
hold(struct drill *drill, size_t phase, struct slow_facts *facts, struct drill_error *error)
{
   struct drill_phase *record;
   end_function(drill);
   if (invoke_in_time(drill, phase, "in time, cold", &facts->cold, error) != 0 ||
       invoke_in_time(drill, phase, "in time, warm", &facts->warm, error) != 0) {
      return -1;
   }
   if (drill_phase(drill, phase)->verdict == DRILL_FAIL) {
      return 0;
   }
   if (facts->cold.messages + facts->warm.messages == 0) {
      phase_skip(drill, phase, "the function sends the primary nothing, and so waits for no member");
      return 0;
   }
   if (hold_cases(drill, phase, facts, error) != 0 || prove(drill, phase, facts, error) != 0 ||
       lose(drill, phase, facts, error) != 0) {
      return -1;
   }
   record = drill_phase(drill, phase);
   slow_describe(record->driver_did, sizeof record->driver_did, facts);
   slow_advise(record->advice, sizeof record->advice, facts);
   return 0;
}

static int
run(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error)
{
   if (deployment_front(drill->deployment) == NULL) {
      phase_skip(drill, phase, "needs the emulated replica set (--server), whose members can be slow");
      return 0;
   }
   int failed = 0;
   for (unsigned i = 0; i < step->times && failed == 0; i++) {
      struct slow_facts facts = {.timeout_ms = drill->options->timeout_ms};
      failed = hold(drill, phase, &facts, error);
   }
   /* What it has met is no start for another phase. */
   end_function(drill);
   return failed;
}

const struct phase_kind phase_slow = {
   .name = "slow",
   .title = "Slow members, and a network that loses packets",
   .help = "by name only: a primary that answers after 1, 5 and 20 s, warm and\n"
           "cold, a secondary that answers after 5 s, 5 % of messages lost",
   .run = run,
};
