/* The rule retries. */
#include "judge_case.h"

TEST(retries)
{
   size_t one = connect_to(0, S);
   struct witness_command *first = command(one, "insert", S);
   judged("retries", JUDGE_SKIPPED, "no retryable error");
   fail_command(first);
   first->numbered = true;
   invocations[0].passed = false;
   judged("retries", JUDGE_FAIL, "insert was sent once, to 127.0.0.1:27017 over port 40000, failed with 189");
   assert_contains(finding.detail, "the driver should have");
   invocations[0].excused = true;
   judged("retries", JUDGE_SKIPPED, "no retryable error");
   invocations[0].excused = false;
   first->numbered = false;
   judged("retries", JUDGE_FAIL, "it has no txnNumber");
   seen.uri_options = "w=1&retrywrites=false";
   judged("retries", JUDGE_FAIL, "retryWrites=false in the URI forbids it");
   first->numbered = true;
   struct witness_command *second = command(one, "insert", S + MS);
   second->numbered = true;
   second->attempt = 2;
   judged("retries",
          JUDGE_PASS,
          "1 retryable error, each retried, for example insert: to 127.0.0.1:27017 over port 40000, failed with 189 "
          "PrimarySteppedDown, then to 127.0.0.1:27017 over port 40000");
   second->transaction_number = 7; /* another operation */
   judged("retries", JUDGE_FAIL, "was not retried");
}

TEST(attempts_of_an_invocation_that_failed)
{
   size_t one = connect_to(0, S);
   size_t other = connect_to(1, S);
   connections[other].client_port = 40002;
   fail_command(command(one, "find", S));
   command(other, "find", S + MS);
   invocations[1] = invocations[0];
   invocations[1].start_us += 2 * S;
   invocations[1].end_us += 2 * S;
   invocations[1].passed = false;
   seen.invocation_count = 2;
   fail_command(command(one, "find", 3 * S));
   struct witness_command *second = command(other, "find", 3 * S + MS);
   second->outcome = WITNESS_NO_REPLY;
   second->attempt = 2;
   second->retryable_error = true;
   judged("retries",
          JUDGE_PASS,
          "2 retryable errors, each retried, for example find: to 127.0.0.1:27017 over port 40000, failed with 189 "
          "PrimarySteppedDown, then to 127.0.0.1:27018 over port 40002, got no reply");
}

TEST(a_failure_that_was_hidden)
{
   fail_command(command(connect_to(0, S), "find", S));
   judged("retries", JUDGE_PASS, "1 retryable error, 0 retried, the others in invocations that passed");
}

TEST(no_time_to_try_again)
{
   struct witness_command *hung = command(connect_to(0, S), "insert", S);
   hung->outcome = WITNESS_NO_REPLY;
   hung->retryable_error = true;
   hung->end_us = invocations[0].end_us + 1;
   invocations[0].passed = false;
   judged("retries", JUDGE_SKIPPED, "no retryable error");
   hung->end_us = invocations[0].end_us;
   judged("retries", JUDGE_FAIL, "insert was sent once");
}

TEST(reads_are_retried_too)
{
   size_t one = connect_to(0, S);
   fail_command(command(one, "find", S));
   invocations[0].passed = false;
   judged("retries", JUDGE_FAIL, "find was sent once");
   command(one, "find", S + MS);
   judged("retries", JUDGE_PASS, "1 retryable error");
}

static void
refuse(unsigned member, int64_t at_us)
{
   refusals[facts.refusal_count++] = (struct witness_refusal){
      .member = member, .member_port = (uint16_t)(27017 + member), .client_port = 41000, .at_us = at_us};
   facts.counts.refused++;
}

TEST(connections_refused_in_a_row)
{
   size_t other = connect_to(2, 0);
   for (int64_t i = 0; i < 4; i++) {
      refuse(1, S + (10 + i) * MS);
   }
   judged("retries",
          JUDGE_SKIPPED,
          "no retryable error reached the driver (outage and failover cause some); 4 connections");
   invocations[0].passed = false;
   judged("retries",
          JUDGE_FAIL,
          "a failed invocation of cold sent no command: 4 connections in a row to 127.0.0.1:27018, which was down, "
          "were refused, with no hello in between");
   hello(other, S + 12 * MS - 1, WITNESS_PLAIN);
   judged("retries", JUDGE_FAIL, "2 connections in a row");
   refusals[1].member_port = refusals[3].member_port = 27017;
   judged("retries", JUDGE_SKIPPED, "");
   refusals[1].member_port = refusals[3].member_port = 27018;
   command(other, "insert", S + 5 * MS);
   judged("retries", JUDGE_FAIL, "sent no further command: 2 connections");
   commands[0].start_us = S + 20 * MS;
   judged("retries", JUDGE_SKIPPED, "");
   facts.command_count = 0;
   invocations[0].end_us = S + 5 * MS;
   judged("retries", JUDGE_SKIPPED, "");
}

TEST(refused_after_a_command_without_reply)
{
   struct witness_command *first = command(connect_to(1, 0), "insert", S);
   first->outcome = WITNESS_NO_REPLY;
   first->numbered = first->retryable_error = true;
   invocations[0].passed = false;
   for (int64_t i = 0; i < 4; i++) {
      refuse(1, S + (10 + i) * MS);
   }
   judged("retries",
          JUDGE_FAIL,
          "insert was sent once, to 127.0.0.1:27018 over port 40000, got no reply, and was not retried: the driver "
          "should have; then 4 connections in a row to 127.0.0.1:27018, which was down, were refused, with no hello in "
          "between");
}

TEST(refused_connections_that_nobody_sees)
{
   facts.counts.sees_refused = false;
   judged("retries", JUDGE_SKIPPED, "refused connections cannot be seen without CAP_NET_RAW");
}
