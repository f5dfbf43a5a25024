/* The description of slow members, and which results fail. */
#include "slow_verdict.h"
#include "test_main.h"

#define NOTHING_GIVEN_UP {.hello_ms = -1, .command_ms = -1}

static char text[512];
static struct slow_facts facts;

BEFORE_EACH(set_up)
{
   facts = (struct slow_facts){.timeout_ms = 30000,
                               .warm = {.took_ms = 5, .messages = 2, .documents = 1},
                               .cold = {.took_ms = 30, .messages = 4, .documents = 1}};
}

static struct slow_case *
add(enum slow_member member, unsigned late_ms, bool cold, enum slow_end end, double took_ms)
{
   struct slow_case *one = &facts.cases[facts.count++];
   *one = (struct slow_case){.member = member,
                             .late_ms = late_ms,
                             .cold = cold,
                             .end = end,
                             .took_ms = took_ms,
                             .reason = "the reason",
                             .given_up = NOTHING_GIVEN_UP,
                             .written = {.documents = 1}};
   return one;
}

/* words NULL: it must not fail. */
static void
fails(const struct slow_case *one, const char *words)
{
   bool failed = slow_case_fails(TEXT_OUT(text), &facts, one);
   assert_true(failed == (words != NULL));
   if (words != NULL) {
      assert_contains(text, words);
   }
}

TEST(who_waited_how_long)
{
   add(SLOW_PRIMARY, 1000, false, SLOW_ANSWERED, 2010);
   add(SLOW_PRIMARY, 1000, true, SLOW_ANSWERED, 4020);
   add(SLOW_PRIMARY, 5000, false, SLOW_FAILED, 9990);
   add(SLOW_PRIMARY, 5000, true, SLOW_ENDED, 300);
   add(SLOW_PRIMARY, 20000, false, SLOW_TIMED_OUT, 30000);
   add(SLOW_PRIMARY, 20000, true, SLOW_TIMED_OUT, 30000);
   add(SLOW_PRIMARY, 60000, false, SLOW_LEFT_OUT, 0);
   add(SLOW_SECONDARY, 5000, true, SLOW_ANSWERED, 12);
   facts.loss = (struct slow_loss){.percent = 5, .invocations = 10, .answered = 9, .slowest_ms = 610};
   slow_describe(TEXT_OUT(text), &facts);
   assert_string_equal(
      text,
      "primary 1 s late: 2.0 s warm, 4.0 s cold; 5 s: error after 10.0 s warm, ended after 0.3 s cold; "
      "20 s: time limit warm, cold; 60 s: skipped; secondary 5 s late: 0.0 s cold; 5 % lost: 9 of 10 "
      "answered, 0.6 s at most");
}

TEST(the_longest_fits)
{
   char column[256];
   for (unsigned i = 0; i < 6; i++) {
      add(SLOW_PRIMARY, i < 2 ? 1000 : i < 4 ? 5000 : 20000, i % 2 == 1, SLOW_FAILED, 29900);
   }
   add(SLOW_SECONDARY, 5000, false, SLOW_FAILED, 29900);
   add(SLOW_SECONDARY, 5000, true, SLOW_FAILED, 29900);
   facts.loss = (struct slow_loss){.percent = 5, .invocations = 10, .answered = 10, .slowest_ms = 29900};
   slow_describe(TEXT_OUT(column), &facts);
   assert_int_equal(strcmp(column + strlen(column) - strlen("at most"), "at most"), 0);
}

TEST(a_primary_is_waited_for_or_given_up)
{
   fails(add(SLOW_PRIMARY, 5000, false, SLOW_ANSWERED, 10000), NULL);
   fails(add(SLOW_PRIMARY, 5000, false, SLOW_FAILED, 5000), NULL);
   fails(add(SLOW_PRIMARY, 5000, false, SLOW_TIMED_OUT, 30000), "primary 5 s late, warm: the function hangs");
   assert_contains(text, "its 2 messages to the primary take only 10.0 s");
   fails(add(SLOW_PRIMARY, 5000, true, SLOW_TIMED_OUT, 30000), "its 4 messages");
   facts.cold.messages = 6;
   fails(add(SLOW_PRIMARY, 5000, true, SLOW_TIMED_OUT, 30000), NULL);
   fails(add(SLOW_PRIMARY, 20000, false, SLOW_TIMED_OUT, 30000), NULL);
   fails(add(SLOW_PRIMARY, 60000, false, SLOW_LEFT_OUT, 0), NULL);
   fails(add(SLOW_PRIMARY, 1000, false, SLOW_ENDED, 20), "the process ended after 0.0 s: the reason");
}

TEST(a_secondary_is_not_waited_for)
{
   fails(add(SLOW_SECONDARY, 5000, true, SLOW_ANSWERED, 4000), NULL);
   fails(add(SLOW_SECONDARY, 5000, true, SLOW_ANSWERED, 4100),
         "secondary 5 s late, cold: answered in 4.1 s instead of 0.0 s");
   fails(add(SLOW_SECONDARY, 5000, false, SLOW_FAILED, 1000), "failed after 1.0 s, although its commands go to the");
   fails(add(SLOW_SECONDARY, 5000, false, SLOW_TIMED_OUT, 30000), "no answer after 30.0 s");
   struct slow_case *reads = add(SLOW_SECONDARY, 5000, false, SLOW_ANSWERED, 5010);
   reads->commands_there = 1;
   fails(reads, NULL);
}

TEST(what_was_written)
{
   struct slow_case *one = add(SLOW_PRIMARY, 1000, false, SLOW_ANSWERED, 2000);
   one->written = (struct slow_written){.documents = 2};
   fails(one, NULL);
   one->written.unanswered = true;
   fails(one, "2 documents inserted instead of 1");
   one->written = (struct slow_written){.documents = 0};
   fails(one, "reported success but inserted nothing (usually 1 document)");
   one->end = SLOW_FAILED;
   fails(one, NULL);
   one->written = (struct slow_written){.documents = 1, .unanswered = true};
   fails(one, NULL);
}

TEST(lost_packets_lose_nothing)
{
   facts.loss = (struct slow_loss){.percent = 5, .invocations = 10, .answered = 10};
   assert_false(slow_loss_fails(TEXT_OUT(text), &facts));
   facts.loss.answered = 8;
   (void)snprintf(facts.loss.reason, sizeof facts.loss.reason, "reset");
   assert_true(slow_loss_fails(TEXT_OUT(text), &facts));
   assert_string_equal(text,
                       "with 5 % of all messages lost and resent, 2 of 10 invocations failed, for example: reset");
}

TEST(limits_are_named)
{
   add(SLOW_PRIMARY, 1000, false, SLOW_ANSWERED, 2000);
   slow_advise(TEXT_OUT(text), &facts);
   assert_string_equal(text, "The function waits for a slow primary, and none of the client's limits ended a wait.");
   struct slow_case *late = add(SLOW_PRIMARY, 20000, false, SLOW_TIMED_OUT, 30000);
   late->given_up =
      (struct slow_given_up){.hello_ms = 10000, .command_ms = 9000, .command = "insert", .with_hello = true};
   add(SLOW_PRIMARY, 20000, true, SLOW_FAILED, 29000);
   facts.waits = (struct slow_proof){.tried = true,
                                     .setting = "socketTimeoutMS=5000",
                                     .again = {.late_ms = 20000, .end = SLOW_FAILED, .took_ms = 10000}};
   slow_advise(TEXT_OUT(text), &facts);
   assert_contains(text, "time limit of 30 s");
   assert_contains(text, "With socketTimeoutMS=5000 in the URI it fails with an error after 10.0 s");
   assert_contains(
      text, "20 s late, warm: a hello given up after 10.0 s (connectTimeoutMS), insert given up after 9.0 s with it");
   assert_contains(text, "20 s late, cold: failed after 29.0 s (serverSelectionTimeoutMS");
   facts.waits.again.took_ms = 29990; /* a context that ends just before the limit */
   slow_advise(TEXT_OUT(text), &facts);
   assert_contains(text, "socketTimeoutMS=5000 in the URI does not help.");
   facts.waits.again.end = SLOW_TIMED_OUT;
   slow_advise(TEXT_OUT(text), &facts);
   assert_contains(text, "socketTimeoutMS=5000 in the URI does not help.");
   facts.whole = (struct slow_proof){.tried = true, .setting = "timeoutMS=5000", .again = {.end = SLOW_LEFT_OUT}};
   slow_advise(TEXT_OUT(text), &facts);
   assert_contains(text, "does not help. The driver does not support timeoutMS=5000.");
}

TEST(what_a_wait_for_a_secondary_is_bounded_by)
{
   add(SLOW_SECONDARY, 5000, true, SLOW_ANSWERED, 5010);
   facts.connect = (struct slow_proof){.tried = true, .setting = "connectTimeoutMS=1000", .again = facts.cases[0]};
   facts.connect.again.took_ms = 1010;
   slow_advise(TEXT_OUT(text), &facts);
   assert_string_equal(
      text,
      "The function waits for a secondary. With connectTimeoutMS=1000 in the URI it answers after 1.0 s "
      "(secondary 5 s late, cold).");
}
