/* The rule report_agrees. */
#include "judge_case.h"

/* Begins again with two invocations of one process that have reports, with two commands each. */
static void
report_two(void)
{
   set_up();
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

TEST(reports_that_differ)
{
   report_two();
   command(0, "find", invocations[1].start_us + 5 * MS);
   judged("report_agrees",
          JUDGE_FAIL,
          "a report of phase warm and the wire differ: the report has 2 commands, the server received 3");
   report_two();
   facts.command_count--;
   judged("report_agrees", JUDGE_FAIL, "the report has 2 successful commands, the server received 1");
   report_two();
   fail_command(&commands[3]);
   judged("report_agrees", JUDGE_FAIL, "0 failed commands, the server saw 1 fail");
   report_two();
   commands[3].outcome = WITNESS_NO_REPLY;
   judged("report_agrees", JUDGE_FAIL, "0 failed commands, the server saw 1 fail");
   report_two();
   hello(0, 2 * S, WITNESS_AWAITABLE);
   judged("report_agrees",
          JUDGE_FAIL,
          "a report of phase warm and the wire differ: the reports have 0 awaited heartbeats so far, the server "
          "received 1");
   report_two();
   invocations[1].report.heartbeats_awaited = 1;
   judged("report_agrees", JUDGE_FAIL, "1 awaited heartbeats so far, the server received 0");
   report_two();
   strcpy(handshakes[0].env_name, "vercel");
   judged("report_agrees",
          JUDGE_FAIL,
          "a report of phase cold and the wire differ: the report has client.env.name \"aws.lambda\", the server "
          "received \"vercel\"");
}

TEST(what_may_differ)
{
   /* A command between two invocations. */
   report_two();
   command(0, "delete", 2 * S + S / 2);
   invocations[1].report.commands = 3;
   judged("report_agrees", JUDGE_PASS, "2 reports");
   /* A command that could not be sent. */
   report_two();
   invocations[1].report.commands = 3;
   invocations[1].report.commands_failed = 1;
   judged("report_agrees", JUDGE_PASS, "2 reports");
   /* Commands that libmongoc does not report. */
   report_two();
   command(0, "ping", 3 * S + MS);
   command(0, "endSessions", 3 * S + MS);
   judged("report_agrees", JUDGE_PASS, "2 reports");
   /* A write error. */
   report_two();
   fail_command(&commands[3]);
   commands[3].error_name[0] = '\0';
   judged("report_agrees", JUDGE_PASS, "2 reports");
   /* A heartbeat that failed. */
   report_two();
   invocations[1].report.heartbeats_awaited = invocations[1].report.heartbeats_failed = 1;
   judged("report_agrees", JUDGE_PASS, "2 reports");
   /* A heartbeat at the end of the first invocation, in the report of the second. */
   report_two();
   hello(0, 2 * S - 1, WITNESS_AWAITABLE);
   invocations[1].report.heartbeats_awaited = 1;
   judged("report_agrees", JUDGE_PASS, "2 reports");
   /* A handshake that the harness did not see. */
   report_two();
   strcpy(handshakes[0].env_name, "vercel");
   invocations[0].report.has_handshake = invocations[1].report.has_handshake = false;
   judged("report_agrees", JUDGE_PASS, "2 reports");
   /* After an invocation that failed. */
   report_two();
   invocations[0].passed = false;
   command(0, "find", invocations[1].start_us + 5 * MS);
   judged("report_agrees", JUDGE_SKIPPED, "alone with the database and has not failed");
}
