/* report: out of memory, and texts that are not valid JSON. */
#include "report.h"

#include "report_json.h"
#include "short_memory.h"
#include "test_main.h"

#include <cjson/cJSON.h>

static struct capture *capture;
static struct capture_snapshot *snapshot;
static struct scenario_result result;
static struct assertion assertions[ASSERTION_COUNT];
static struct assertion_facts judged;
static struct report_facts facts;
static struct redactor *redactor;
static char *report;

BEFORE_EACH(set_up)
{
   redactor = redactor_new(NULL);
   report = NULL;
   capture = capture_new(1, NULL);
   snapshot = capture_snapshot_new(NULL);
   assert_true(capture != NULL && snapshot != NULL);
   struct capture_command one = {.name = "insert", .server = "db:1", .request_id = 1, .operation_id = 1};
   capture_begin(capture, 0, 1);
   capture_heartbeat_started(capture, CAPTURE_MONITOR_OF_PROCESS, "db:1", false);
   capture_heartbeat_succeeded(capture, CAPTURE_MONITOR_OF_PROCESS, "db:1", false, "primary of rs");
   capture_command_started(capture, &one);
   capture_command_ended(capture, &one, "bad \xff byte, cut \xe2\x82", false);
   capture_connection_created(capture, 0, CONNECTION_APPLICATION, 1);
   capture_end(capture, 0, snapshot);
   result = (struct scenario_result){.insert.acknowledged = OPERATION_NOT_ACKNOWLEDGED};
   judged = (struct assertion_facts){.snapshot = snapshot, .result = &result, .handshake_env = "", .expected_env = ""};
   assertions_judge(assertions, &judged);
   facts = (struct report_facts){.error_type = "Scenario.InsertFailed",
                                 .error_message = "the password is s3cr3t",
                                 .invocation = 1,
                                 .invocation_id = "local-1",
                                 .since_last_us = -1,
                                 .init_age_us = -1,
                                 .limit_us = -1,
                                 .duration_us = 1100,
                                 .snapshot = snapshot,
                                 .result = &result,
                                 .connect_failure = "",
                                 .assertions = assertions,
                                 .driver_version = "2.5.7",
                                 .harness_version = "0.1.0",
                                 .provider_name = "local",
                                 .provider_version = "0.1.0",
                                 .client_mode = "pool",
                                 .client_uri = "mongodb://db:1/",
                                 .handshake_json = "{\"env\":{\"name\":\"aws.lambda\"}}",
                                 .with_events = true};
}

AFTER_EACH(tear_down)
{
   free(report);
   redactor_destroy(redactor);
   capture_destroy(capture);
   capture_snapshot_destroy(snapshot);
}

static void
make_report(void)
{
   free(report);
   report = report_make(&facts, redactor, NULL);
   assert_non_null(report);
}

TEST(durations_have_microseconds)
{
   make_report();
   assert_contains(report, "\"durationMs\":1.100");
}

TEST(secrets_are_taken_out)
{
   assert_true(redactor_add(redactor, "s3cr3t", NULL));
   make_report();
   assert_null(strstr(report, "s3cr3t"));
   assert_contains(report, "the password is ***");
}

TEST(bytes_that_are_no_utf8_become_question_marks)
{
   make_report();
   assert_contains(report, "bad ? byte, cut ?");
   assert_null(strchr(report, '\xff'));
   cJSON *parsed = cJSON_Parse(report);
   assert_non_null(parsed);
   cJSON_Delete(parsed);
}

TEST(handshake_is_told_or_null)
{
   make_report();
   assert_contains(report, "\"handshake\":{\"env\":{\"name\":\"aws.lambda\"}},");
   facts.handshake_json = NULL;
   make_report();
   assert_contains(report, "\"handshake\":null,");
}

TEST(object_from_outside_loses_secrets_and_what_is_no_utf8)
{
   assert_true(redactor_add(redactor, "a\"secret", NULL));
   char *clean = json_clean_object("{\"env\": {\"name\": \"a\\\"secret\", \"more\": [\"\xff\", 1]}}", redactor);
   assert_string_equal(clean, "{\"env\":{\"name\":\"***\",\"more\":[\"?\",1]}}");
   cJSON_free(clean);
   assert_null(json_clean_object("[1]", redactor));
   assert_null(json_clean_object("{1", redactor));
   assert_null(json_clean_object("", redactor));
}

TEST(every_character_comes_back)
{
   char all[256] = "";
   for (int i = 1; i < 128; i++) {
      all[i - 1] = (char)i;
   }
   struct json_writer writer = {0};
   json_begin_object(&writer, NULL);
   json_add_text(&writer, "text", all);
   json_add_text(&writer, "empty", "");
   json_end_object(&writer);
   char *text = json_take(&writer);
   assert_contains(text, "\\u0001");
   assert_contains(text, "\\b\\t\\n\\u000b\\f\\r\\u000e");
   assert_contains(text, "\\u001f !\\\"");
   cJSON *parsed = cJSON_Parse(text);
   assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(parsed, "text")), all);
   assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(parsed, "empty")), "");
   cJSON_Delete(parsed);
   free(text);
}

TEST(numbers_to_their_ends)
{
   struct json_writer writer = {0};
   json_begin_array(&writer, NULL);
   json_begin_object(&writer, NULL);
   json_end_object(&writer);
   json_add_number(&writer, NULL, 0);
   json_add_number(&writer, NULL, UINT64_MAX);
   json_add_integer(&writer, NULL, INT64_MIN);
   json_add_signed_ms(&writer, NULL, INT64_MIN);
   json_add_signed_ms(&writer, NULL, -1);
   json_add_ms(&writer, NULL, -1);
   json_add_ms(&writer, NULL, 999);
   json_add_ms(&writer, NULL, 1000);
   json_add_ms_or_null(&writer, NULL, -1);
   json_add_ms_or_null(&writer, NULL, 1234567);
   json_add_bool(&writer, NULL, true);
   json_begin_array(&writer, NULL);
   json_end_array(&writer);
   json_end_array(&writer);
   char *text = json_take(&writer);
   assert_string_equal(text,
                       "[{},0,18446744073709551615,-9223372036854775808,-9223372036854775.808,-0.001,0.000,0.999,1.000,"
                       "null,1234.567,true,[]]");
   free(text);
}

/* Texts around every length at which the buffer must grow. */
TEST(long_texts_fit)
{
   static char long_text[40001];
   for (size_t length = 0; length < sizeof long_text - 1; length += 997) {
      struct json_writer writer = {0};
      memset(long_text, '\x01', length);
      long_text[length] = '\0';
      json_begin_array(&writer, NULL);
      json_add_text(&writer, NULL, long_text);
      json_add_text(&writer, NULL, "end");
      json_end_array(&writer);
      char *text = json_take(&writer);
      assert_int_equal(strlen(text), 1 + 2 + 6 * length + 1 + 5 + 1);
      free(text);
   }
}

static bool
report_is_made(void)
{
   struct faas_error error = {0};
   report = report_make(&facts, NULL, &error);
   assert_true(report != NULL || strcmp(error.type, "Harness.OutOfMemory") == 0);
   return report != NULL;
}

TEST(memory_running_out_anywhere_is_an_error)
{
   /* Enough events for the report to outgrow its buffer several times. */
   capture_begin(capture, 0, 2);
   for (int i = 0; i < 1000; i++) {
      capture_connection_created(capture, 0, CONNECTION_APPLICATION, 1);
   }
   capture_end(capture, 0, snapshot);
   assert_true(short_memory_sweep(report_is_made) >= 4);
}

static bool
object_is_cleaned(void)
{
   char *clean = json_clean_object("{\"env\":{\"name\":\"aws.lambda\"}}", NULL);
   bool good = clean != NULL;
   assert_true(!good || strcmp(clean, "{\"env\":{\"name\":\"aws.lambda\"}}") == 0);
   cJSON_free(clean);
   return good;
}

TEST(memory_running_out_leaves_no_object_half_clean)
{
   assert_true(short_memory_sweep(object_is_cleaned) >= 4);
}
