/* The rules that need few facts, and invocations at the same time. */
#include "judge_case.h"

/* --- database_used ------------------------------------------------------------------------------------------------ */

TEST(database_used)
{
   judged("database_used", JUDGE_FAIL, "never connected");
   size_t one = connect_to(0, S);
   judged("database_used", JUDGE_FAIL, "never sent a command");
   command(one, "find", S);
   judged("database_used", JUDGE_PASS, "1 command over 1 connection in 1 invocation");
}

/* --- streaming_protocol ------------------------------------------------------------------------------------------- */

TEST(streaming)
{
   judged("streaming_protocol", JUDGE_SKIPPED, "no hello came");
   size_t one = connect_to(0, S);
   hello(one, S, WITNESS_PLAIN);
   judged("streaming_protocol", JUDGE_PASS, "no awaitable hello among 1 in 1.5 s");
   assert_float_equal(finding.measured, 0, 0);
   seen.running_ms = 300;
   judged("streaming_protocol", JUDGE_SKIPPED, "too short to judge");
   hello(one, S + 1, WITNESS_AWAITABLE);
   judged("streaming_protocol", JUDGE_FAIL, "the driver streams: 1 of 2 hellos");
   assert_contains(finding.advice, "serverMonitoringMode=poll");
   seen.uri_options = "serverMonitoringMode=stream";
   judged("streaming_protocol", JUDGE_FAIL, "the driver streams");
   assert_contains(finding.advice, "Remove serverMonitoringMode=stream from the URI.");
   seen.runs_on = true;
   judged("streaming_protocol", JUDGE_FAIL, "the driver streams");
   seen.client_env = "";
   judged("streaming_protocol", JUDGE_PASS, "That is allowed");
   seen.runs_on = false;
   judged("streaming_protocol", JUDGE_FAIL, "the driver streams");
}

/* --- unique_after_restore ----------------------------------------------------------------------------------------- */

TEST(unique_after_restore)
{
   struct judge_restore restore = {0};
   judged("unique_after_restore", JUDGE_SKIPPED, "nothing was restored");
   seen.restore = &restore;
   judged("unique_after_restore", JUDGE_SKIPPED, "cannot read the memory");
   restore.memory_known = true;
   judged("unique_after_restore", JUDGE_SKIPPED, "no ObjectId and no session was used");
   restore.ids = 2;
   restore.sessions = 1;
   judged("unique_after_restore", JUDGE_PASS, "2 ObjectIds and 1 session");
   restore.ids_shared = 1;
   judged("unique_after_restore", JUDGE_WARNING, "the random bytes of 1 of 2 ObjectIds");
   assert_true(finding.advice[0] != '\0');
   restore.sessions_shared = 1;
   judged("unique_after_restore", JUDGE_FAIL, "1 of 1 session (lsid)");
   assert_true(finding.advice[0] != '\0');
}

TEST(left_out_without_a_restore)
{
   struct judge_restore restore = {0};
   for (size_t i = 0; i < judge_rule_count; i++) {
      bool is_it = strcmp(judge_rules[i].name, "unique_after_restore") == 0;
      seen.restore = NULL;
      assert_int_equal(judge_rule_applies(&judge_rules[i], &seen), !is_it);
      seen.restore = &restore;
      assert_true(judge_rule_applies(&judge_rules[i], &seen));
   }
}

/* --- writes_once -------------------------------------------------------------------------------------------------- */

TEST(writes_are_done_once)
{
   judged("writes_once", JUDGE_SKIPPED, "inserted and deleted nothing");
   write_document(false, 1, "a");
   write_document(true, 1, "a");
   judged("writes_once", JUDGE_PASS, "1 inserted and 1 deleted, none twice");
   write_document(false, 1, "b");
   write_document(false, 1, "b");
   judged("writes_once", JUDGE_FAIL, "document b of shop.orders was inserted twice");
   writes[3].retry = true;
   write_document(true, 1, "b");
   judged("writes_once", JUDGE_PASS, "none twice");
}

TEST(documents_that_stay)
{
   write_document(false, 1, "a");
   judged("writes_once", JUDGE_PASS, "1 stay in shop.orders");
   write_document(true, 0, "");
   judged("writes_once", JUDGE_FAIL, "1 document left in shop.orders, although the function deletes what it inserts");
   invocations[0].passed = false;
   judged("writes_once", JUDGE_PASS, "");
   write_document(false, 1, "b");
   write_document(true, 0, "");
   judged("writes_once", JUDGE_FAIL, "2 documents left in shop.orders");
   invocations[0].more_failed = 1; /* at the same time */
   judged("writes_once", JUDGE_PASS, "");
   seen.writes_complete = false;
   judged("writes_once", JUDGE_SKIPPED, "more writes than the record holds");
}

TEST(a_delete_by_another_filter_counts)
{
   write_document(false, 1, "a");
   write_document(true, 1, "");
   judged("writes_once", JUDGE_PASS, "1 inserted and 1 deleted");
}

/* --- errors_told -------------------------------------------------------------------------------------------------- */

TEST(errors_told)
{
   judged("errors_told", JUDGE_PASS, "1 successful answer, none hides a failed command");
   invocations[0].more = 3;
   judged("errors_told", JUDGE_PASS, "4 successful answers, none hides a failed command");
   invocations[0].more = 0;
   fail_command(command(connect_to(0, S), "endSessions", S)); /* by the driver itself */
   judged("errors_told", JUDGE_PASS, "");
   struct witness_command *failed = command(connect_to(0, S), "insert", S);
   fail_command(failed);
   judged("errors_told", JUDGE_FAIL, "an invocation of cold reported success, although its insert on shop.orders");
   failed->error_code = 11000; /* the function's own business */
   judged("errors_told", JUDGE_PASS, "");
   failed->error_code = 189;
   command(0, "insert", S + MS);
   judged("errors_told", JUDGE_PASS, "");
   invocations[0].status_code = 500;
   judged("errors_told", JUDGE_FAIL, "1 of 1 successful answers have statusCode 500");
   invocations[0].passed = false;
   judged("errors_told", JUDGE_SKIPPED, "");
}

/* --- overlapping -------------------------------------------------------------------------------------------------- */

TEST(those_at_the_same_time_are_told_as_one)
{
   struct judge_invocation all[] = {
      {.name = "cold", .start_us = 0, .end_us = 5, .cold = true, .passed = true, .alone = true, .has_report = true},
      {.name = "warm", .start_us = 10, .end_us = 20, .alone = true, .has_report = true, .report.commands = 2},
      {.name = "warm", .start_us = 11, .end_us = 40, .passed = true, .alone = true, .has_report = true},
      {.name = "warm", .start_us = 12, .end_us = 30, .alone = true, .report.commands = 3},
      {.name = "warm", .start_us = 35, .end_us = 36, .instance = 1, .passed = true, .alone = true},
      {.name = "warm", .start_us = 40, .end_us = 50, .passed = true, .alone = true},
   };
   assert_int_equal(judge_merge_overlapping(all, 0), 0);
   assert_int_equal(judge_merge_overlapping(all, sizeof all / sizeof all[0]), 4);
   assert_true(all[0].cold && all[0].passed && all[0].more == 0);
   assert_true(all[1].start_us == 10 && all[1].end_us == 40 && !all[1].passed && !all[1].has_report && !all[1].cold);
   assert_int_equal(all[1].more, 2);
   assert_int_equal(all[1].more_failed, 1);
   assert_int_equal(all[1].report.commands, 5);
   assert_int_equal(all[2].instance, 1);
   assert_int_equal(all[3].start_us, 40);
}
