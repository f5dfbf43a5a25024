#include "function.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

const char *
invocation_outcome_name(enum invocation_outcome outcome)
{
   switch (outcome) {
   case INVOCATION_ANSWERED:
      return "answered";
   case INVOCATION_FUNCTION_ERROR:
      return "function error";
   case INVOCATION_TIMED_OUT:
      return "timed out";
   case INVOCATION_CRASHED:
      return "crashed";
   case INVOCATION_OUT_OF_MEMORY:
      return "out of memory";
   case INVOCATION_INIT_FAILED:
      return "init failed";
   case INVOCATION_REFUSED:
      return "refused";
   }
   return "";
}

void
invocation_result_clear(struct invocation_result *result)
{
   free(result->payload);
   free(result->log_tail);
   free(result->violations);
   *result = (struct invocation_result){0};
}

size_t
invocation_show_begin(struct timeline *timeline, const struct invocation_result *result)
{
   struct timeline_entry entry = {.kind = TIMELINE_INVOCATION,
                                  .instance = result->instance,
                                  .lane = result->lane,
                                  .start_us = result->handed_us,
                                  .end_us = -1};
   snprintf(entry.label, sizeof entry.label, "%s", result->cold ? "cold" : "warm");
   snprintf(entry.detail, sizeof entry.detail, "%s", result->request_id);
   return timeline_add(timeline, &entry);
}

void
invocation_show_end(struct timeline *timeline, size_t entry, const struct invocation_result *result, bool failed)
{
   bool bad = failed || result->outcome != INVOCATION_ANSWERED;
   timeline_end(timeline, entry, bad, bad && !failed ? result->error_type : NULL);
}

bool
invocation_result_fail(struct invocation_result *result, const char *type, const char *message)
{
   snprintf(result->error_type, sizeof result->error_type, "%s", type);
   free(result->payload);
   result->payload = NULL;
   cJSON *payload = cJSON_CreateObject();
   if (cJSON_AddStringToObject(payload, "errorType", type) != NULL &&
       cJSON_AddStringToObject(payload, "errorMessage", message) != NULL) {
      result->payload = cJSON_PrintUnformatted(payload);
   }
   cJSON_Delete(payload);
   result->payload_length = result->payload != NULL ? strlen(result->payload) : 0;
   return result->payload != NULL;
}

int
invocation_out_of_memory(struct drill_error *error)
{
   drill_error_set(error, "out of memory: could not store the result of an invocation");
   return -1;
}

int
invocation_interrupted(struct drill_error *error)
{
   drill_error_set(error, "interrupted");
   return -1;
}
