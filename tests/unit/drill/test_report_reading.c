/* How the drill reads a function's answer. */
#include "report_reading.h"
#include "test_main.h"

#define REPORT "{\"reportVersion\":1"

static const struct {
   enum invocation_outcome outcome;
   const char *answer;
   const char *reason;
} answers[] = {
   {INVOCATION_ANSWERED, REPORT ",\"verdict\":\"pass\",\"error\":null}", ""},
   {INVOCATION_ANSWERED, REPORT ",\"verdict\":\"fail\",\"error\":{\"message\":\"no primary\"}}", "no primary"},
   {INVOCATION_ANSWERED, REPORT ",\"verdict\":\"fail\"}", "its report's verdict is \"fail\""},
   {INVOCATION_ANSWERED,
    REPORT ",\"verdict\":\"fail\",\"error\":{\"message\":\"\"}}",
    "its report's verdict is \"fail\""},
   {INVOCATION_ANSWERED, REPORT "}", "its report's verdict is \"\""},
   {INVOCATION_ANSWERED, REPORT ",\"verdict\":true}", "its report's verdict is \"\""},
   /* These are no reports. */
   {INVOCATION_ANSWERED, "{\"verdict\":\"fail\"}", ""},
   {INVOCATION_ANSWERED, "\"written\"", ""},
   {INVOCATION_FUNCTION_ERROR, "{\"errorMessage\":\"it went wrong\\nat line 1\"}", "it went wrong"},
};

TEST(reasons)
{
   for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
      struct drill_results results;
      results_init(&results);
      struct drill_invocation *invocation = results_add_invocation(&results);
      char *payload = strdup(answers[i].answer);
      const struct invocation_result result = {
         .outcome = answers[i].outcome, .payload = payload, .payload_length = strlen(payload)};
      report_read(invocation, &result, &results, NULL, false);
      assert_string_equal(invocation->reason, answers[i].reason);
      free(payload);
      results_clear(&results);
   }
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
