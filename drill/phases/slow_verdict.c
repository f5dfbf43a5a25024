#include "slow_verdict.h"

/* What a busy machine adds. */
#define SLACK 1.25
#define SLACK_MS 1000
/* A function that waits for a member waits for most of its delay; less may be noise. */
#define PART_WAITED 0.8
/* An answer later than this may come from the function's own deadline timer. */
#define PART_IN_TIME 0.9

static const struct slow_usual *
usual_of(const struct slow_facts *facts, const struct slow_case *one)
{
   return one->cold ? &facts->cold : &facts->warm;
}

static const char *
member_name(const struct slow_case *one)
{
   return one->member == SLOW_PRIMARY ? "primary" : "secondary";
}

static const char *
temperature(const struct slow_case *one)
{
   return one->cold ? "cold" : "warm";
}

static bool
had_time(const struct slow_facts *facts, const struct slow_case *one)
{
   double needed_ms = usual_of(facts, one)->took_ms;
   if (one->member == SLOW_PRIMARY) {
      needed_ms += (double)usual_of(facts, one)->messages * one->late_ms;
   }
   return needed_ms * SLACK + SLACK_MS <= facts->timeout_ms;
}

/* --- what happened ------------------------------------------------------------------------------------------------ */

static bool
same_member(const struct slow_case *one, const struct slow_case *other)
{
   return one->member == other->member && one->late_ms == other->late_ms;
}

static void
add_member(struct text_out out, const struct slow_case *one, const struct slow_case *before)
{
   if (before == NULL || before->member != one->member) {
      append_text(out, "%s%s %g s late:", before == NULL ? "" : "; ", member_name(one), one->late_ms / 1e3);
   } else {
      append_text(out, "; %g s:", one->late_ms / 1e3);
   }
}

/* known: the text already says how the previous invocation ended. */
static void
add_end(struct text_out out, const struct slow_case *one, bool known)
{
   static const char *const words[] = {
      [SLOW_LEFT_OUT] = "",
      [SLOW_ANSWERED] = "",
      [SLOW_FAILED] = "error after ",
      [SLOW_TIMED_OUT] = "time limit ",
      [SLOW_ENDED] = "ended after ",
   };
   append_text(out, "%s", known ? "" : words[one->end]);
   if (one->end != SLOW_TIMED_OUT) {
      append_text(out, "%.1f s ", one->took_ms / 1e3);
   }
   append_text(out, "%s", temperature(one));
}

void
slow_describe(struct text_out out, const struct slow_facts *facts)
{
   const struct slow_loss *loss = &facts->loss;
   const struct slow_case *before = NULL;
   out.text[0] = '\0';
   for (size_t i = 0; i < facts->count; i++) {
      const struct slow_case *one = &facts->cases[i];
      bool begins = before == NULL || !same_member(before, one);
      if (begins) {
         add_member(out, one, before);
      }
      if (one->end != SLOW_LEFT_OUT) {
         append_text(out, "%s", begins ? " " : ", ");
         add_end(out, one, !begins && before->end == one->end);
      } else if (begins) {
         append_text(out, " skipped");
      }
      before = one;
   }
   if (loss->invocations > 0) {
      append_text(out,
                  "%s%u %% lost: %u of %u answered, %.1f s at most",
                  before == NULL ? "" : "; ",
                  loss->percent,
                  loss->answered,
                  loss->invocations,
                  loss->slowest_ms / 1e3);
   }
}

/* --- limits ------------------------------------------------------------------------------------------------------- */

static void
describe_limit(struct text_out out, const struct slow_case *one)
{
   const struct slow_given_up *given_up = &one->given_up;
   out.text[0] = '\0';
   if (given_up->hello_ms >= 0) {
      append_text(out, "a hello given up after %.1f s (connectTimeoutMS)", given_up->hello_ms / 1e3);
   }
   if (given_up->command_ms >= 0) {
      append_text(out,
                  "%s%s given up after %.1f s%s",
                  out.text[0] == '\0' ? "" : ", ",
                  given_up->command,
                  given_up->command_ms / 1e3,
                  given_up->with_hello ? " with it" : " (socketTimeoutMS, timeoutMS, or a limit of the function)");
   } else if (one->end == SLOW_FAILED) {
      append_text(out,
                  "%sfailed after %.1f s (serverSelectionTimeoutMS, or a limit of the function)",
                  out.text[0] == '\0' ? "" : ", ",
                  one->took_ms / 1e3);
   }
}

static void
add_limits(struct text_out out, const struct slow_facts *facts)
{
   bool any = false;
   for (size_t i = 0; i < facts->count; i++) {
      const struct slow_case *one = &facts->cases[i];
      char limit[160];
      describe_limit(TEXT_OUT(limit), one);
      if (one->end != SLOW_LEFT_OUT && limit[0] != '\0') {
         append_text(out,
                     "%s%s %g s late, %s: %s",
                     any                   ? "; "
                     : out.text[0] == '\0' ? "Limits met: "
                                           : " Limits met: ",
                     member_name(one),
                     one->late_ms / 1e3,
                     temperature(one),
                     limit);
         any = true;
      }
   }
   append_text(out, "%s", any ? "." : "");
}

static bool
any_ended_so(const struct slow_facts *facts, enum slow_end end)
{
   for (size_t i = 0; i < facts->count; i++) {
      if (facts->cases[i].end == end) {
         return true;
      }
   }
   return false;
}

/* For the primary, an error ends the wait and so counts as help. A secondary must not be waited for at all. */
bool
slow_proof_helps(const struct slow_facts *facts, const struct slow_proof *proof)
{
   const struct slow_case *again = &proof->again;
   return again->took_ms < PART_IN_TIME * facts->timeout_ms &&
          (again->end == SLOW_ANSWERED || (again->end == SLOW_FAILED && again->member == SLOW_PRIMARY));
}

static void
add_proof(struct text_out out, const struct slow_facts *facts, const struct slow_proof *proof)
{
   const struct slow_case *again = &proof->again;
   if (!proof->tried) {
      return;
   }
   if (slow_proof_helps(facts, proof)) {
      append_text(out,
                  " With %s in the URI it %s after %.1f s (%s %g s late, %s).",
                  proof->setting,
                  again->end == SLOW_FAILED ? "fails with an error" : "answers",
                  again->took_ms / 1e3,
                  member_name(again),
                  again->late_ms / 1e3,
                  temperature(again));
   } else if (again->end == SLOW_LEFT_OUT) {
      append_text(out, " The driver does not support %s.", proof->setting);
   } else {
      append_text(out, " %s in the URI does not help.", proof->setting);
   }
}

void
slow_advise(struct text_out out, const struct slow_facts *facts)
{
   out.text[0] = '\0';
   if (any_ended_so(facts, SLOW_TIMED_OUT)) {
      append_text(
         out,
         "No limit of the client ended the wait, so the platform did at its time limit of %g s, and no error says why.",
         facts->timeout_ms / 1e3);
      add_proof(out, facts, &facts->waits);
      add_proof(out, facts, &facts->whole);
   }
   if (facts->connect.tried) {
      append_text(out, "%sThe function waits for a secondary.", out.text[0] == '\0' ? "" : " ");
      add_proof(out, facts, &facts->connect);
   }
   add_limits(out, facts);
   if (out.text[0] == '\0') {
      append_text(out, "The function waits for a slow primary, and none of the client's limits ended a wait.");
   }
   if (any_ended_so(facts, SLOW_LEFT_OUT)) {
      append_text(out,
                  " Delays as long as the time limit of %g s (--timeout), or longer, were skipped.",
                  facts->timeout_ms / 1e3);
   }
}

/* --- verdict ------------------------------------------------------------------------------------------------------ */

static void
name_case(struct text_out out, const struct slow_case *one)
{
   append_text(out, "%s %g s late, %s: ", member_name(one), one->late_ms / 1e3, temperature(one));
}

static bool
secondary_fails(struct text_out out, const struct slow_facts *facts, const struct slow_case *one)
{
   const struct slow_usual *usual = usual_of(facts, one);
   if (one->commands_there > 0) {
      return false;
   }
   if (one->end != SLOW_ANSWERED) {
      append_text(out,
                  "%s after %.1f s, although its commands go to the primary: %s",
                  one->end == SLOW_FAILED ? "failed" : "no answer",
                  one->took_ms / 1e3,
                  one->reason);
      return true;
   }
   if (one->took_ms > usual->took_ms + PART_WAITED * one->late_ms) {
      append_text(out,
                  "answered in %.1f s instead of %.1f s: the function waits for a secondary, although its commands go "
                  "to the primary",
                  one->took_ms / 1e3,
                  usual->took_ms / 1e3);
      return true;
   }
   return false;
}

static bool
primary_fails(struct text_out out, const struct slow_facts *facts, const struct slow_case *one)
{
   if (one->end != SLOW_TIMED_OUT || !had_time(facts, one)) {
      return false;
   }
   append_text(out,
               "the function hangs: neither an answer nor an error within %g s, although its %u messages to the "
               "primary take only %.1f s",
               facts->timeout_ms / 1e3,
               usual_of(facts, one)->messages,
               usual_of(facts, one)->messages * one->late_ms / 1e3);
   return true;
}

static bool
writes_fail(struct text_out out, const struct slow_usual *usual, const struct slow_case *one)
{
   if (one->written.unanswered && one->written.documents > usual->documents) {
      append_text(out,
                  "%u documents inserted instead of %u: the server applied an insert that the client had given up, and "
                  "the function repeated it with another _id",
                  one->written.documents,
                  usual->documents);
      return true;
   }
   if (one->end == SLOW_ANSWERED && usual->documents > 0 && one->written.documents == 0) {
      append_text(out,
                  "the function reported success but inserted nothing (usually %u document%s)",
                  usual->documents,
                  usual->documents == 1 ? "" : "s");
      return true;
   }
   return false;
}

bool
slow_case_fails(struct text_out out, const struct slow_facts *facts, const struct slow_case *one)
{
   out.text[0] = '\0';
   if (one->end == SLOW_LEFT_OUT) {
      return false;
   }
   name_case(out, one);
   if (one->end == SLOW_ENDED) {
      append_text(out, "the process ended after %.1f s: %s", one->took_ms / 1e3, one->reason);
      return true;
   }
   return writes_fail(out, usual_of(facts, one), one) ||
          (one->member == SLOW_PRIMARY ? primary_fails : secondary_fails)(out, facts, one);
}

bool
slow_loss_fails(struct text_out out, const struct slow_facts *facts)
{
   const struct slow_loss *loss = &facts->loss;
   out.text[0] = '\0';
   if (loss->answered == loss->invocations) {
      return false;
   }
   append_text(out,
               "with %u %% of all messages lost and resent, %u of %u invocations failed, for example: %s",
               loss->percent,
               loss->invocations - loss->answered,
               loss->invocations,
               loss->reason);
   return true;
}
