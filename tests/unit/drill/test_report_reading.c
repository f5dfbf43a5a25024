/* How the drill reads a function's answer. */
#include "report_reading.h"
#include "test_main.h"

/* Returns the reason found; the answer is text. */
static const char *
reason_of(enum invocation_outcome outcome, const char *text)
{
   static char reason[sizeof((struct drill_invocation *)NULL)->reason];
   char payload[400];
   struct drill_results results;
   results_init(&results);
   struct drill_invocation *invocation = results_add_invocation(&results);
   struct timeline *timeline = timeline_new();
   assert_non_null(invocation);
   assert_non_null(timeline);
   int length = snprintf(payload, sizeof payload, "%s", text);
   assert_true(length >= 0 && length < (int)sizeof payload);
   const struct invocation_result result = {
      .outcome = outcome, .payload = payload, .payload_length = (size_t)length, .start_us = 1};
   report_read(invocation, &result, &results, timeline, false);
   memcpy(reason, invocation->reason, sizeof reason);
   timeline_destroy(timeline);
   results_clear(&results);
   return reason;
}

TEST(a_good_report)
{
   const char *report = "{\"reportVersion\":1,\"verdict\":\"pass\",\"error\":null}";
   assert_string_equal(reason_of(INVOCATION_ANSWERED, report), "");
}

TEST(a_red_report_with_a_message)
{
   const char *report = "{\"reportVersion\":1,\"verdict\":\"fail\",\"error\":{\"message\":\"no primary\"}}";
   assert_string_equal(reason_of(INVOCATION_ANSWERED, report), "no primary");
}

TEST(a_red_report_without_one)
{
   assert_string_equal(reason_of(INVOCATION_ANSWERED, "{\"reportVersion\":1,\"verdict\":\"fail\"}"),
                       "its report's verdict is \"fail\"");
   assert_string_equal(
      reason_of(INVOCATION_ANSWERED, "{\"reportVersion\":1,\"verdict\":\"fail\",\"error\":{\"message\":\"\"}}"),
      "its report's verdict is \"fail\"");
   assert_string_equal(reason_of(INVOCATION_ANSWERED, "{\"reportVersion\":1}"), "its report's verdict is \"\"");
   assert_string_equal(reason_of(INVOCATION_ANSWERED, "{\"reportVersion\":1,\"verdict\":true}"),
                       "its report's verdict is \"\"");
}

TEST(an_answer_that_is_no_report)
{
   assert_string_equal(reason_of(INVOCATION_ANSWERED, "{\"verdict\":\"fail\"}"), "");
   assert_string_equal(reason_of(INVOCATION_ANSWERED, "\"written\""), "");
}

TEST(an_error)
{
   assert_string_equal(reason_of(INVOCATION_FUNCTION_ERROR, "{\"errorMessage\":\"it went wrong\\nat line 1\"}"),
                       "it went wrong");
}

/* What is compared with the wire. */
TEST(counts_and_handshake)
{
   char report[] = "{\"reportVersion\":1,\"verdict\":\"pass\",\"heartbeats\":{\"awaited\":2},"
                   "\"commands\":{\"started\":3,\"failed\":1},\"handshake\":{\"env\":{\"name\":\"aws.lambda\"}}}";
   struct drill_results results;
   results_init(&results);
   struct drill_invocation *invocation = results_add_invocation(&results);
   assert_non_null(invocation);
   const struct invocation_result result = {
      .outcome = INVOCATION_ANSWERED, .payload = report, .payload_length = strlen(report)};
   report_read(invocation, &result, &results, NULL, false);
   assert_int_equal(invocation->commands, 3);
   assert_int_equal(invocation->commands_failed, 1);
   assert_int_equal(invocation->heartbeats_awaited, 2);
   assert_true(invocation->has_handshake);
   assert_string_equal(invocation->env_name, "aws.lambda");
   results_clear(&results);
}
