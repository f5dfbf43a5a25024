/* report: out of memory, and texts that are not valid JSON. */
#include "report.h"

#include "report_json.h"
#include "test_main.h"

#include <cjson/cJSON.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct capture *capture;
static struct capture_snapshot *snapshot;
static struct scenario_result result;
static struct assertion assertions[ASSERTION_COUNT];
static struct assertion_facts judged;
static struct report_facts facts;

static void
set_up(void)
{
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

static void
tear_down(void)
{
   capture_destroy(capture);
   capture_snapshot_destroy(snapshot);
}

TEST_FIXTURE(set_up, tear_down)

TEST(durations_have_microseconds)
{
   char *report = report_make(&facts, NULL, NULL);
   assert_non_null(report);
   assert_non_null(strstr(report, "\"durationMs\":1.100"));
   report_free(report);
}

TEST(secrets_are_taken_out)
{
   struct redactor *redactor = redactor_new();
   assert_true(redactor_add(redactor, "s3cr3t"));
   char *report = report_make(&facts, redactor, NULL);
   assert_non_null(report);
   assert_null(strstr(report, "s3cr3t"));
   assert_non_null(strstr(report, "the password is ***"));
   report_free(report);
   redactor_destroy(redactor);
}

TEST(bytes_that_are_no_utf8_become_question_marks)
{
   char *report = report_make(&facts, NULL, NULL);
   assert_non_null(report);
   assert_non_null(strstr(report, "bad ? byte, cut ?"));
   assert_null(strchr(report, '\xff'));
   cJSON *parsed = cJSON_Parse(report);
   assert_non_null(parsed);
   cJSON_Delete(parsed);
   report_free(report);
}

TEST(handshake_is_told_or_null)
{
   char *report = report_make(&facts, NULL, NULL);
   assert_non_null(report);
   assert_non_null(strstr(report, "\"handshake\":{\"env\":{\"name\":\"aws.lambda\"}},"));
   report_free(report);
   facts.handshake_json = NULL;
   report = report_make(&facts, NULL, NULL);
   assert_non_null(report);
   assert_non_null(strstr(report, "\"handshake\":null,"));
   report_free(report);
}

TEST(object_from_outside_loses_secrets_and_what_is_no_utf8)
{
   struct redactor *redactor = redactor_new();
   assert_true(redactor_add(redactor, "a\"secret"));
   char *clean = json_clean_object("{\"env\": {\"name\": \"a\\\"secret\", \"more\": [\"\xff\", 1]}}", redactor);
   assert_string_equal(clean, "{\"env\":{\"name\":\"***\",\"more\":[\"?\",1]}}");
   cJSON_free(clean);
   assert_null(json_clean_object("[1]", redactor));
   assert_null(json_clean_object("{1", redactor));
   assert_null(json_clean_object("", redactor));
   redactor_destroy(redactor);
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
   assert_non_null(strstr(text, "\\u0001"));
   assert_non_null(strstr(text, "\\b\\t\\n\\u000b\\f\\r\\u000e"));
   assert_non_null(strstr(text, "\\u001f !\\\""));
   cJSON *parsed = cJSON_Parse(text);
   assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(parsed, "text")), all);
   assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(parsed, "empty")), "");
   cJSON_Delete(parsed);
   cJSON_free(text);
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
   cJSON_free(text);
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
      cJSON_free(text);
   }
}

/* cJSON's hooks take no context. */
static long allocations_left;

static void *
limited_malloc(size_t size)
{
   return allocations_left-- > 0 ? malloc(size) : NULL;
}

TEST(memory_running_out_anywhere_is_an_error)
{
   /* Enough events for the report to outgrow its buffer several times. */
   capture_begin(capture, 0, 2);
   for (int i = 0; i < 100; i++) {
      capture_connection_created(capture, 0, CONNECTION_APPLICATION, 1);
   }
   capture_end(capture, 0, snapshot);
   cJSON_Hooks hooks = {.malloc_fn = limited_malloc, .free_fn = free};
   char *report = NULL;
   long limit = 0;
   cJSON_InitHooks(&hooks);
   for (; report == NULL; limit++) {
      struct faas_error error = {0};
      allocations_left = limit;
      report = report_make(&facts, NULL, &error);
      if (report == NULL) {
         assert_string_equal(error.type, "Harness.OutOfMemory");
      }
      assert_true(limit < 100000);
   }
   report_free(report);
   cJSON_InitHooks(NULL);
   /* An empty sweep would prove nothing. */
   assert_true(limit > 4);
}

/* Kept parts equal newly made ones, until what they are made from changes. */
TEST(a_kept_part_says_the_same)
{
   struct report_cache cache = {.assertions = NULL};
   char *plain = report_make(&facts, NULL, NULL);
   facts.cache = &cache;
   for (int i = 0; i < 2; i++) {
      char *kept = report_make(&facts, NULL, NULL);
      assert_string_equal(plain, kept);
      report_free(kept);
   }
   (void)snprintf(assertions[2].detail, sizeof assertions[2].detail, "something else");
   assertions[3].verdict = ASSERTION_FAILED;
   char *changed = report_make(&facts, NULL, NULL);
   facts.cache = NULL;
   char *anew = report_make(&facts, NULL, NULL);
   assert_string_equal(changed, anew);
   assert_non_null(strstr(changed, "something else"));
   assert_string_not_equal(changed, plain);
   report_free(anew);
   report_free(changed);
   report_free(plain);
   report_cache_clear(&cache);
}

/* What could not be kept is made again the next time. */
TEST(memory_running_out_keeps_no_half_part)
{
   cJSON_Hooks hooks = {.malloc_fn = limited_malloc, .free_fn = free};
   char *plain = report_make(&facts, NULL, NULL);
   cJSON_InitHooks(&hooks);
   for (long limit = 0; limit < 400; limit += 7) {
      struct report_cache cache = {.assertions = NULL};
      facts.cache = &cache;
      allocations_left = limit;
      report_free(report_make(&facts, NULL, NULL));
      allocations_left = LONG_MAX;
      char *again = report_make(&facts, NULL, NULL);
      assert_string_equal(plain, again);
      report_free(again);
      report_cache_clear(&cache);
   }
   cJSON_InitHooks(NULL);
   report_free(plain);
}

TEST(memory_running_out_leaves_no_object_half_clean)
{
   cJSON_Hooks hooks = {.malloc_fn = limited_malloc, .free_fn = free};
   char *clean = NULL;
   long limit = 0;
   cJSON_InitHooks(&hooks);
   for (; clean == NULL; limit++) {
      allocations_left = limit;
      clean = json_clean_object("{\"env\":{\"name\":\"aws.lambda\"}}", NULL);
      assert_true(limit < 1000);
   }
   assert_string_equal(clean, "{\"env\":{\"name\":\"aws.lambda\"}}");
   cJSON_free(clean);
   cJSON_InitHooks(NULL);
   assert_true(limit > 4);
}
