#include "results.h"

#include "room.h"

#include <stdlib.h>
#include <string.h>

const char *
drill_verdict_name(enum drill_verdict verdict)
{
   static const char *const names[DRILL_VERDICTS] = {[DRILL_PASS] = "pass",
                                                     [DRILL_FAIL] = "fail",
                                                     [DRILL_SKIPPED] = "skipped",
                                                     [DRILL_WARNING] = "warning",
                                                     [DRILL_KNOWN] = "known"};
   return names[verdict];
}

const char *
drill_expected_name(enum drill_expected outcome)
{
   static const char *const names[DRILL_EXPECTED_OUTCOMES] = {[DRILL_EXPECTED_UNJUDGED] = "not judged",
                                                              [DRILL_EXPECTED_PASSED] = "passed",
                                                              [DRILL_EXPECTED_KNOWN] = "known",
                                                              [DRILL_EXPECTED_OTHER] = "other",
                                                              [DRILL_EXPECTED_STALE] = "stale"};
   return names[outcome];
}

const struct cold_start_names cold_start_names[COLD_START_PARTS] = {
   [COLD_START_PROCESS] = {"process", "processMs"},
   [COLD_START_DNS] = {"DNS", "dnsMs"},
   [COLD_START_DISCOVERY] = {"discovery", "discoveryMs"},
   [COLD_START_TCP] = {"TCP", "tcpMs"},
   [COLD_START_TLS] = {"TLS", "tlsMs"},
   [COLD_START_HELLO] = {"hello", "helloMs"},
   [COLD_START_AUTHENTICATION] = {"authentication", "authenticationMs"},
   [COLD_START_OPERATION] = {"first operation", "operationMs"},
   [COLD_START_REST] = {"rest", "restMs"},
};

void
results_init(struct drill_results *results)
{
   *results =
      (struct drill_results){.duration_ms = -1, .platform = "lambda", .platform_title = "AWS Lambda", .idle = "frozen"};
}

void
results_clear(struct drill_results *results)
{
   for (size_t i = 0; i < results->invocation_count; i++) {
      free(results->invocations[i].report);
      free(results->invocations[i].violations);
   }
   free(results->invocations);
   free(results->phases);
   free(results->checks);
   free(results->samples);
   free(results->cold_starts);
   free(results->expectations);
   free(results->handshake);
   results_init(results);
}

/* Appends a zeroed element to the array that *list points to. */
static void *
append(void *list, size_t *count, size_t size)
{
   if (!room_for_one(list, *count, size, SIZE_MAX)) {
      return NULL;
   }
   char *elements;
   memcpy(&elements, list, sizeof elements);
   return memset(elements + (*count)++ * size, 0, size);
}

struct drill_phase *
results_add_phase(struct drill_results *results)
{
   struct drill_phase *phase = append(&results->phases, &results->phase_count, sizeof *phase);
   if (phase != NULL) {
      *phase =
         (struct drill_phase){.start_ms = -1, .end_ms = -1, .frozen_ms = -1, .frozen_cpu_ms = -1, .recover_ms = -1};
   }
   return phase;
}

struct drill_invocation *
results_add_invocation(struct drill_results *results)
{
   struct drill_invocation *invocation = append(&results->invocations, &results->invocation_count, sizeof *invocation);
   if (invocation != NULL) {
      *invocation = (struct drill_invocation){
         .at_ms = -1,
         .init_ms = -1,
         .duration_ms = -1,
         .frozen_ms = -1,
         .frozen_cpu_ms = -1,
         .thaw_to_answer_ms = -1,
         .shortest_heartbeat_interval_ms = -1,
      };
   }
   return invocation;
}

struct drill_check *
results_add_check(struct drill_results *results)
{
   struct drill_check *check = append(&results->checks, &results->check_count, sizeof *check);
   if (check != NULL) {
      check->measured = -1;
   }
   return check;
}

struct drill_sample *
results_add_sample(struct drill_results *results)
{
   struct drill_sample *sample = append(&results->samples, &results->sample_count, sizeof *sample);
   if (sample != NULL) {
      *sample = (struct drill_sample){.at_ms = -1, .server_mb = -1};
   }
   return sample;
}

struct drill_cold_start *
results_add_cold_start(struct drill_results *results)
{
   return append(&results->cold_starts, &results->cold_start_count, sizeof(struct drill_cold_start));
}

struct drill_expectation *
results_add_expectation(struct drill_results *results)
{
   return append(&results->expectations, &results->expectation_count, sizeof(struct drill_expectation));
}

struct drill_expectation *
results_expectation(const struct drill_results *results, const char *name)
{
   for (size_t i = 0; i < results->expectation_count; i++) {
      if (strcmp(results->expectations[i].name, name) == 0) {
         return &results->expectations[i];
      }
   }
   return NULL;
}
