/* The results: appended elements, owned texts, and their JSON. */
#include "results.h"
#include "results_json.h"
#include "test_main.h"

#include <cjson/cJSON.h>
#include <unistd.h>

static struct drill_results results;
static cJSON *json;

BEFORE_EACH(set_up)
{
   results_init(&results);
   json = NULL;
}

AFTER_EACH(tear_down)
{
   results_clear(&results);
   cJSON_Delete(json);
}

TEST(appended_elements_are_empty)
{
   assert_true(results.duration_ms < 0);
   struct drill_phase *phase = results_add_phase(&results);
   assert_int_equal(phase->name[0], '\0');
   assert_true(phase->start_ms < 0 && phase->end_ms < 0 && phase->frozen_ms < 0 && phase->frozen_cpu_ms < 0 &&
               phase->recover_ms < 0);
   struct drill_invocation *one = results_add_invocation(&results);
   assert_null(one->report);
   assert_true(one->at_ms < 0 && one->init_ms < 0 && one->duration_ms < 0 && one->frozen_ms < 0 &&
               one->frozen_cpu_ms < 0 && one->thaw_to_answer_ms < 0 && one->shortest_heartbeat_interval_ms < 0);
   assert_int_equal(results_add_check(&results)->detail[0], '\0');
   assert_true(results_add_sample(&results)->server_mb < 0);
   assert_false(results_add_cold_start(&results)->tried);
}

/* Made from what is in results. */
static void
make_json(const struct results_most *most)
{
   struct drill_error error;
   struct result_file file;
   char path[] = "/tmp/faas-results-XXXXXX", text[65536] = "";
   close(mkstemp(path));
   assert_int_equal(result_file_open(&file, path, &error), 0);
   results_to_json(&(struct json_writer){.file = &file}, &results, NULL, most);
   assert_int_equal(result_file_close(&file, &error), 0);
   FILE *written = fopen(path, "re");
   assert_non_null(written);
   assert_true(fread(text, 1, sizeof text - 1, written) < sizeof text - 1);
   fclose(written);
   unlink(path);
   cJSON_Delete(json);
   json = cJSON_Parse(text);
   assert_non_null(json);
}

static cJSON *
report_of(const char *text)
{
   free(results.invocations[0].report);
   results.invocations[0].report = strdup(text);
   make_json(NULL);
   return cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "invocations"), 0), "report");
}

TEST(reports_become_objects)
{
   results_add_invocation(&results);
   char *text = cJSON_PrintUnformatted(report_of("{\"a\": {\"b\": [1, \"\xff\"]}}"));
   assert_string_equal(text, "{\"a\":{\"b\":[1,\"\xef\xbf\xbd\"]}}");
   cJSON_free(text);
   static const char *const none[] = {"", "not JSON", "[1]", "\"text\"", "{\"cut\":"};
   for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
      assert_true(cJSON_IsNull(report_of(none[i])));
   }
}

TEST(what_is_not_known_is_null)
{
   results_add_phase(&results)->recover_ms = 1.0005;
   make_json(NULL);
   const cJSON *phase = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "phases"), 0);
   assert_true(cJSON_IsNull(cJSON_GetObjectItem(phase, "frozenMs")));
   assert_true(cJSON_IsNull(cJSON_GetObjectItem(phase, "advice")));
   assert_true(cJSON_GetObjectItem(phase, "recoverMs")->valuedouble - 1.001 < 1e-9);
   assert_true(cJSON_IsNull(cJSON_GetObjectItem(json, "driver")));
   assert_true(cJSON_IsNull(cJSON_GetObjectItem(json, "durationMs")));
   assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "timeline")), 0);
}

static void
make_with_at_most(size_t invocations, size_t report_bytes)
{
   for (size_t i = 0; i < 100; i++) {
      struct drill_invocation *one = results_add_invocation(&results);
      one->verdict = i >= 40 && i < 60 ? DRILL_FAIL : DRILL_PASS;
      one->report = strdup("{}");
   }
   make_json(&(struct results_most){.invocations = invocations, .report_bytes = report_bytes, .entries = 1});
}

static int
counted(const char *name)
{
   return cJSON_GetObjectItem(cJSON_GetObjectItem(json, "leftOut"), name)->valueint;
}

TEST(of_a_long_list_the_middle_is_left_out)
{
   make_with_at_most(20, 16);
   const cJSON *array = cJSON_GetObjectItem(json, "invocations");
   static const int numbers[] = {1, 2, 3, 4, 5, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 96, 97, 98, 99, 100};
   int reports = 0;
   assert_int_equal(cJSON_GetArraySize(array), 20);
   for (int i = 0; i < 20; i++) {
      const cJSON *one = cJSON_GetArrayItem(array, i);
      assert_int_equal(cJSON_GetObjectItem(one, "number")->valueint, numbers[i]);
      reports += cJSON_IsObject(cJSON_GetObjectItem(one, "report")) ? 1 : 0;
   }
   assert_int_equal(reports, 8);
   assert_int_equal(counted("invocations"), 80);
   assert_int_equal(counted("failed"), 10);
   assert_int_equal(counted("reports"), 12);
}

TEST(of_a_short_list_nothing_is_left_out)
{
   make_with_at_most(100, 10000);
   assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "invocations")), 100);
   assert_null(cJSON_GetObjectItem(json, "leftOut"));
   assert_null(cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(json, "invocations"), 0), "number"));
}
