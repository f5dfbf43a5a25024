/* The rule report_agrees. */
#include "judge_case.h"

/* Two invocations with reports of one process, with two commands each. */
static void
report_two(void)
{
   size_t one = connect_to(0, S);
   connections[one].handshake = 0;
   introduce();
   for (int i = 0; i < 2; i++) {
      invocations[i] = (struct judge_invocation){.name = i == 0 ? "cold" : "warm",
                                                 .start_us = (2 * i + 1) * S,
                                                 .end_us = (2 * i + 2) * S,
                                                 .cold = i == 0,
                                                 .passed = true,
                                                 .alone = true,
                                                 .has_report = true,
                                                 .report = {.commands = 2, .has_handshake = true}};
      strcpy(invocations[i].report.env_name, "aws.lambda");
      command(one, "insert", invocations[i].start_us + MS);
      command(one, "delete", invocations[i].start_us + 3 * MS);
   }
   seen.invocation_count = 2;
}

TEST(reports_that_agree)
{
   judged("report_agrees", JUDGE_SKIPPED, "answers are not faas-harness reports");
   report_two();
   judged("report_agrees", JUDGE_PASS, "2 reports and the wire agree on 4 commands");
   invocations[0].alone = false;
   judged("report_agrees", JUDGE_SKIPPED, "needs a process that is alone");
}

static void
one_more_command(void)
{
   command(0, "find", invocations[1].start_us + 5 * MS);
}

static void
one_command_less(void)
{
   facts.command_count--;
}

static void
a_failure_not_reported(void)
{
   fail_command(&commands[3]);
}

static void
a_reply_that_never_came(void)
{
   commands[3].outcome = WITNESS_NO_REPLY;
}

static void
awaited_and_not_reported(void)
{
   hello(0, 2 * S, WITNESS_AWAITABLE);
}

static void
reported_and_not_awaited(void)
{
   invocations[1].report.heartbeats_awaited = 1;
}

static void
another_env(void)
{
   strcpy(handshakes[0].env_name, "vercel");
}

TEST(reports_that_differ)
{
   static const struct {
      void (*differ)(void);
      const char *words;
   } cases[] = {
      {one_more_command,
       "a report of phase warm and the wire differ: the report has 2 commands, the server received 3"},
      {one_command_less, "the report has 2 successful commands, the server received 1"},
      {a_failure_not_reported, "0 failed commands, the server saw 1 fail"},
      {a_reply_that_never_came, "0 failed commands, the server saw 1 fail"},
      {awaited_and_not_reported,
       "a report of phase warm and the wire differ: the reports have 0 awaited heartbeats so far, the server received "
       "1"},
      {reported_and_not_awaited, "1 awaited heartbeats so far, the server received 0"},
      {another_env,
       "a report of phase cold and the wire differ: the report has client.env.name \"aws.lambda\", the server received "
       "\"vercel\""},
   };
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      set_up();
      report_two();
      cases[i].differ();
      judged("report_agrees", JUDGE_FAIL, cases[i].words);
   }
}

static void
a_command_between_two_invocations(void)
{
   command(0, "delete", 2 * S + S / 2);
   invocations[1].report.commands = 3;
}

static void
a_command_that_could_not_be_sent(void)
{
   invocations[1].report.commands = 3;
   invocations[1].report.commands_failed = 1;
}

static void
commands_nobody_is_told_of(void)
{
   command(0, "ping", 3 * S + MS);
   command(0, "endSessions", 3 * S + MS);
}

static void
a_write_error(void)
{
   fail_command(&commands[3]);
   commands[3].error_name[0] = '\0';
}

static void
a_heartbeat_that_failed(void)
{
   invocations[1].report.heartbeats_awaited = invocations[1].report.heartbeats_failed = 1;
}

static void
awaited_in_the_second_of_two_reports(void)
{
   hello(0, 2 * S - 1, WITNESS_AWAITABLE);
   invocations[1].report.heartbeats_awaited = 1;
}

static void
a_handshake_that_was_not_seen(void)
{
   another_env();
   invocations[0].report.has_handshake = invocations[1].report.has_handshake = false;
}

static void
after_an_invocation_that_failed(void)
{
   invocations[0].passed = false;
   one_more_command();
}

TEST(what_may_differ)
{
   static void (*const cases[])(void) = {
      a_command_between_two_invocations,
      a_command_that_could_not_be_sent,
      commands_nobody_is_told_of,
      a_write_error,
      a_heartbeat_that_failed,
      awaited_in_the_second_of_two_reports,
      a_handshake_that_was_not_seen,
   };
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      set_up();
      report_two();
      cases[i]();
      judged("report_agrees", JUDGE_PASS, "2 reports");
   }
   set_up();
   report_two();
   after_an_invocation_that_failed();
   judged("report_agrees", JUDGE_SKIPPED, "alone with the database and has not failed");
}
