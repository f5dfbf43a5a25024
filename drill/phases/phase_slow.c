/* A slow primary, a slow secondary, and a network that loses packets: which command waits for which member, and which
 * limit ends the wait. The front makes members slow by holding back the messages to them. */
#include "clock.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>

static const unsigned primary_late_ms[] = {1000, 5000, 20000};
#define SECONDARY_LATE_MS 5000
#define LOSS_PERCENT 5
/* Two commands each; the same three always lose packets (front/delays.c). */
#define LOSS_INVOCATIONS 10
/* Part of the time limit: a driver retries, and two commands may each wait. */
#define PART_OF_TIMEOUT 6
#define CONNECT_MS 1000

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

/* Invokes while no member is slow, so a failure fails the phase. */
static int
invoke_in_time(struct drill *drill, const char *name, struct slow_usual *usual, struct drill_error *error)
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
                                   .documents = phase_written_since(drill, since_us).documents};
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
      one->written = phase_written_since(drill, since_us);
   }
   witness_facts_clear(&facts);
   return copied ? 0 : -1;
}

/* Invokes with the member of one delayed by one's late_ms, in a process that is cold or has been invoked before; with
 * uri_options (NULL for none), in a process of its own. Excuses a failure, so that slow_case_fails can judge it. */
static int
hold_case(struct drill *drill, struct slow_case *one, const char *uri_options, struct drill_error *error)
{
   unsigned member = (unsigned)front_primary(deployment_front(drill->deployment));
   member = one->member == SLOW_PRIMARY ? member : (member + 1) % FRONT_MEMBERS;
   struct front_delays delays = in_time;
   char name[64];
   write_text(TEXT_OUT(name),
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
   write_text(TEXT_OUT(one->reason), "%s", invoked->reason);
   invoked->excused = invoked->verdict == DRILL_FAIL;
   int failed = look(drill, member, invoked, since_us, one, error);
   if (one->cold || one->end != SLOW_ANSWERED) {
      drill_end_function(drill);
   }
   return failed;
}

static int
add_case(struct drill *drill, struct slow_facts *facts, const struct slow_case *asked, struct drill_error *error)
{
   struct slow_case *one = &facts->cases[facts->count++];
   *one = *asked;
   if (one->member == SLOW_PRIMARY && one->late_ms >= facts->timeout_ms) {
      one->end = SLOW_LEFT_OUT;
      return 0;
   }
   int failed = hold_case(drill, one, NULL, error);
   char why[sizeof drill_phase(drill)->reason];
   if (failed == 0 && slow_case_fails(TEXT_OUT(why), facts, one)) {
      phase_fail(drill, "%s", why);
   }
   return failed;
}

static int
hold_cases(struct drill *drill, struct slow_facts *facts, struct drill_error *error)
{
   int failed = 0;
   for (size_t i = 0; i < 2 * sizeof primary_late_ms / sizeof primary_late_ms[0] && failed == 0; i++) {
      const struct slow_case one = {.member = SLOW_PRIMARY, .late_ms = primary_late_ms[i / 2], .cold = i % 2 == 1};
      failed = add_case(drill, facts, &one, error);
   }
   for (size_t i = 0; i < 2 && failed == 0; i++) {
      const struct slow_case one = {.member = SLOW_SECONDARY, .late_ms = SECONDARY_LATE_MS, .cold = i == 1};
      failed = add_case(drill, facts, &one, error);
   }
   return failed;
}

static const struct slow_case *
find_timed_out(const struct slow_facts *facts)
{
   for (size_t i = 0; i < facts->count; i++) {
      const struct slow_case *one = &facts->cases[i];
      if (one->end == SLOW_TIMED_OUT && one->member == SLOW_PRIMARY && !one->cold) {
         return one;
      }
   }
   return NULL;
}

static const struct slow_case *
find_delayed(const struct slow_facts *facts)
{
   char why[200];
   for (size_t i = 0; i < facts->count; i++) {
      const struct slow_case *one = &facts->cases[i];
      if (one->member == SLOW_SECONDARY && slow_case_fails(TEXT_OUT(why), facts, one)) {
         return one;
      }
   }
   return NULL;
}

/* Repeats a case with a limit that expires earlier, the proof's setting. */
static int
prove(struct drill *drill, struct slow_proof *proof, const struct slow_case *one, struct drill_error *error)
{
   proof->again = (struct slow_case){.member = one->member, .late_ms = one->late_ms, .cold = one->cold};
   proof->tried = true;
   return hold_case(drill, &proof->again, proof->setting, error);
}

/* A driver that retries waits for a new connection's hello, which socketTimeoutMS does not limit. */
static int
prove_limits(struct drill *drill, struct slow_facts *facts, struct drill_error *error)
{
   unsigned part_ms = facts->timeout_ms / PART_OF_TIMEOUT;
   unsigned limit_ms = part_ms > 100 ? part_ms / 100 * 100 : 100;
   const struct slow_case *timed_out = find_timed_out(facts), *delayed = find_delayed(facts);
   struct slow_proof *waits = &facts->waits, *whole = &facts->whole, *connect = &facts->connect;
   write_text(TEXT_OUT(waits->setting), "connectTimeoutMS=%u&socketTimeoutMS=%u", limit_ms, limit_ms);
   write_text(TEXT_OUT(whole->setting), "timeoutMS=%u", limit_ms);
   write_text(TEXT_OUT(connect->setting), "connectTimeoutMS=%d", CONNECT_MS);
   int failed = timed_out == NULL ? 0 : prove(drill, waits, timed_out, error);
   if (failed == 0 && waits->tried && !slow_proof_helps(facts, waits)) {
      failed = prove(drill, whole, timed_out, error);
   }
   return failed != 0 || delayed == NULL ? failed : prove(drill, connect, delayed, error);
}

static int
lose(struct drill *drill, struct slow_facts *facts, struct drill_error *error)
{
   struct slow_loss *loss = &facts->loss;
   const struct front_delays delays = {.loss_percent = LOSS_PERCENT};
   struct front *front = deployment_front(drill->deployment);
   *loss = (struct slow_loss){.percent = LOSS_PERCENT, .slowest_ms = 0};
   int failed = drill_new_function(drill, NULL, 0, error);
   front_delay(front, &delays);
   for (unsigned i = 0; i < LOSS_INVOCATIONS && failed == 0; i++) {
      size_t number;
      failed = drill_invoke(drill, drill->function, "5 % lost", &number, error);
      if (failed != 0) {
         break;
      }
      struct drill_invocation *one = drill_invocation(drill, number);
      one->alone = true;
      loss->invocations++;
      loss->answered += one->verdict == DRILL_PASS ? 1 : 0;
      loss->slowest_ms = one->duration_ms > loss->slowest_ms ? one->duration_ms : loss->slowest_ms;
      if (one->verdict == DRILL_FAIL) {
         write_text(TEXT_OUT(loss->reason), "%s", one->reason);
      }
   }
   front_delay(front, &in_time);
   char why[sizeof drill_phase(drill)->reason];
   if (failed == 0 && slow_loss_fails(TEXT_OUT(why), facts)) {
      phase_fail(drill, "%s", why);
   }
   return failed;
}

static int
hold(struct drill *drill, struct slow_facts *facts, struct drill_error *error)
{
   struct drill_phase *record;
   drill_end_function(drill);
   if (invoke_in_time(drill, "in time, cold", &facts->cold, error) != 0 ||
       invoke_in_time(drill, "in time, warm", &facts->warm, error) != 0) {
      return -1;
   }
   if (drill_phase(drill)->verdict == DRILL_FAIL) {
      return 0;
   }
   if (facts->cold.messages + facts->warm.messages == 0) {
      phase_skip(drill, "the function sends the primary nothing, so it waits for no member");
      return 0;
   }
   if (hold_cases(drill, facts, error) != 0 || prove_limits(drill, facts, error) != 0 ||
       lose(drill, facts, error) != 0) {
      return -1;
   }
   record = drill_phase(drill);
   slow_describe(TEXT_OUT(record->driver_did), facts);
   slow_advise(TEXT_OUT(record->advice), facts);
   return 0;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   int failed = 0;
   for (unsigned i = 0; i < step->times && failed == 0; i++) {
      struct slow_facts facts = {.timeout_ms = drill->options->timeout_ms};
      failed = hold(drill, &facts, error);
   }
   /* The next phase must not start with a function that was affected by these delays. */
   drill_end_function(drill);
   return failed;
}

const struct phase_kind phase_slow = {
   .name = "slow",
   .title = "Slow members, and a network that loses packets",
   .help = "by name only: a primary that answers after 1, 5 and 20 s, warm and\n"
           "cold; a secondary that answers after 5 s; 5 % of messages lost",
   .needs_front = "needs the emulated replica set (--server), which can delay answers",
   .run = run,
};
