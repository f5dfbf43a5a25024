/* report: what memory running out does, and texts that are no good JSON. */
#include "report.h"

#include "test_main.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
   struct capture *capture;
   struct capture_snapshot *snapshot;
   struct scenario_result result;
   struct assertion assertions[ASSERTION_COUNT];
   struct assertion_facts judged;
   struct report_facts facts;
};

static int
set_up(void **state)
{
   static struct fixture f;
   memset(&f, 0, sizeof f);
   f.capture = capture_new(NULL);
   f.snapshot = capture_snapshot_new(NULL);
   struct capture_command one = {.name = "insert", .server = "db:1", .request_id = 1, .operation_id = 1};
   capture_begin(f.capture, 1);
   capture_heartbeat_started(f.capture, "db:1", false);
   capture_heartbeat_succeeded(f.capture, "db:1", false, "primary of rs");
   capture_command_started(f.capture, &one);
   capture_command_ended(f.capture, &one, "bad \xff byte, cut \xe2\x82", false);
   capture_connection_created(f.capture, CONNECTION_APPLICATION, 1);
   capture_end(f.capture, f.snapshot);
   f.result.insert.acknowledged = OPERATION_NOT_ACKNOWLEDGED;
   f.judged =
      (struct assertion_facts){.snapshot = f.snapshot, .result = &f.result, .handshake_env = "", .expected_env = ""};
   assertions_judge(f.assertions, &f.judged);
   f.facts = (struct report_facts){.error_type = "Scenario.InsertFailed",
                                   .error_message = "the password is s3cr3t",
                                   .invocation = 1,
                                   .invocation_id = "local-1",
                                   .since_last_us = -1,
                                   .limit_us = -1,
                                   .duration_us = 1100,
                                   .snapshot = f.snapshot,
                                   .result = &f.result,
                                   .connect_failure = "",
                                   .assertions = f.assertions,
                                   .driver_version = "2.5.7",
                                   .harness_version = "0.1.0",
                                   .provider_name = "local",
                                   .provider_version = "0.1.0",
                                   .client_mode = "pool",
                                   .client_uri = "mongodb://db:1/",
                                   .handshake_json = "{\"env\":{\"name\":\"s3cr3t\"}}",
                                   .with_events = true};
   *state = &f;
   return f.capture == NULL || f.snapshot == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
   struct fixture *f = *state;
   capture_destroy(f->capture);
   capture_snapshot_destroy(f->snapshot);
   return 0;
}

static void
durations_have_microseconds(void **state)
{
   struct fixture *f = *state;
   char *report = report_make(&f->facts, NULL, NULL);
   assert_non_null(report);
   assert_non_null(strstr(report, "\"durationMs\":1.100"));
   report_free(report);
}

static void
secrets_are_taken_out(void **state)
{
   struct fixture *f = *state;
   struct redactor *redactor = redactor_new();
   assert_true(redactor_add(redactor, "s3cr3t"));
   char *report = report_make(&f->facts, redactor, NULL);
   assert_non_null(report);
   assert_null(strstr(report, "s3cr3t"));
   assert_non_null(strstr(report, "the password is ***"));
   report_free(report);
   redactor_destroy(redactor);
}

static void
bytes_that_are_no_utf8_become_question_marks(void **state)
{
   struct fixture *f = *state;
   char *report = report_make(&f->facts, NULL, NULL);
   assert_non_null(report);
   assert_non_null(strstr(report, "bad ? byte, cut ?"));
   assert_null(strchr(report, '\xff'));
   cJSON *parsed = cJSON_Parse(report);
   assert_non_null(parsed);
   cJSON_Delete(parsed);
   report_free(report);
}

static void
handshake_that_is_no_object_is_null(void **state)
{
   struct fixture *f = *state;
   f->facts.handshake_json = "[1";
   char *report = report_make(&f->facts, NULL, NULL);
   assert_non_null(report);
   assert_non_null(strstr(report, "\"handshake\":null"));
   report_free(report);
}

/* cJSON's hooks take no context. */
static long allocations_left;

static void *
limited_malloc(size_t size)
{
   return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void
memory_running_out_anywhere_is_an_error(void **state)
{
   struct fixture *f = *state;
   cJSON_Hooks hooks = {.malloc_fn = limited_malloc, .free_fn = free};
   char *report = NULL;
   long limit = 0;
   cJSON_InitHooks(&hooks);
   for (; report == NULL; limit++) {
      struct faas_error error = {0};
      allocations_left = limit;
      report = report_make(&f->facts, NULL, &error);
      if (report == NULL) {
         assert_string_equal(error.type, "Harness.OutOfMemory");
      }
      assert_true(limit < 100000);
   }
   report_free(report);
   cJSON_InitHooks(NULL);
   /* An empty sweep would prove nothing. */
   assert_true(limit > 100);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
   CASE(durations_have_microseconds),
   CASE(secrets_are_taken_out),
   CASE(bytes_that_are_no_utf8_become_question_marks),
   CASE(handshake_that_is_no_object_is_null),
   CASE(memory_running_out_anywhere_is_an_error),
};

FAAS_TEST_MAIN(tests)
