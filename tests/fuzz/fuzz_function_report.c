/* How the drill reads a function's answer.
 * - If its figures are used, there is a report, and it is JSON.
 * - Timeline entries end after they begin.
 * - An answer whose report failed has a reason.
 * - Figures are finite, and texts end within their fields.
 *
 * The first byte of the input is a for an answer, anything else for an error; the payload follows. */
#include "fuzz_target.h"

#include "report_reading.h"

#include <cjson/cJSON.h>

#include <math.h>

static void
check_invocation(const struct drill_invocation *invocation, bool answered)
{
   require(invocation->has_report == (invocation->report != NULL), "figures of a report");
   require(memchr(invocation->reason, '\0', sizeof invocation->reason) != NULL, "a reason that ends");
   require(strchr(invocation->reason, '\n') == NULL || invocation->report != NULL, "the first line of a message");
   if (invocation->report != NULL) {
      cJSON *report = cJSON_Parse(invocation->report);

      require(cJSON_IsObject(report), "a report that is JSON");
      const char *verdict = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(report, "verdict"));
      bool passed = verdict != NULL && strcmp(verdict, "pass") == 0;
      require(!answered || passed == (invocation->reason[0] == '\0'),
              "a reason for each verdict but pass, and no other");
      cJSON_Delete(report);
      require(isfinite(invocation->shortest_heartbeat_interval_ms), "an interval");
   }
}

static void
check_timeline(struct timeline *timeline)
{
   size_t count;
   struct timeline_entry *entries = timeline_copy(timeline, &count);

   for (size_t i = 0; i < count; i++) {
      require(entries[i].start_us <= entries[i].end_us, "an end after the beginning");
      require(memchr(entries[i].label, '\0', sizeof entries[i].label) != NULL, "a label that ends");
      require(memchr(entries[i].detail, '\0', sizeof entries[i].detail) != NULL, "a detail that ends");
   }
   free(entries);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   struct drill_results results;
   struct invocation_result result = {.outcome = INVOCATION_FUNCTION_ERROR, .start_us = 1000000000};
   struct timeline *timeline = timeline_new();

   if (size == 0) {
      timeline_destroy(timeline);
      return 0;
   }
   result.outcome = data[0] == 'a' ? INVOCATION_ANSWERED : INVOCATION_FUNCTION_ERROR;
   /* invocation_result guarantees a NUL after it. */
   result.payload = text_of(data + 1, size - 1);
   result.payload_length = size - 1;
   results_init(&results);
   struct drill_invocation *invocation = results_add_invocation(&results);
   require(invocation != NULL && timeline != NULL, "memory");
   report_read(invocation, &result, &results, timeline, true);
   check_invocation(invocation, result.outcome == INVOCATION_ANSWERED);
   check_timeline(timeline);
   results_clear(&results);
   timeline_destroy(timeline);
   free(result.payload);
   return 0;
}
