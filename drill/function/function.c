#include "function.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

const char *
invocation_outcome_name(enum invocation_outcome outcome)
{
   static const char *const names[] = {[INVOCATION_ANSWERED] = "answered",
                                       [INVOCATION_FUNCTION_ERROR] = "function error",
                                       [INVOCATION_TIMED_OUT] = "timed out",
                                       [INVOCATION_CRASHED] = "crashed",
                                       [INVOCATION_OUT_OF_MEMORY] = "out of memory",
                                       [INVOCATION_INIT_FAILED] = "init failed",
                                       [INVOCATION_REFUSED] = "refused"};
   return names[outcome];
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

char *
json_of_two(const char *name, const char *text, const char *other, const char *more)
{
   cJSON *object = cJSON_CreateObject();
   bool added =
      cJSON_AddStringToObject(object, name, text) != NULL && cJSON_AddStringToObject(object, other, more) != NULL;
   char *json = added ? cJSON_PrintUnformatted(object) : NULL;
   cJSON_Delete(object);
   return json;
}

bool
invocation_result_fail(struct invocation_result *result, const char *type, const char *message)
{
   snprintf(result->error_type, sizeof result->error_type, "%s", type);
   free(result->payload);
   result->payload = json_of_two("errorType", type, "errorMessage", message);
   result->payload_length = result->payload != NULL ? strlen(result->payload) : 0;
   return result->payload != NULL;
}

int
invocation_out_of_memory(struct drill_error *error)
{
   return drill_error_set(error, "out of memory: could not store the result of an invocation");
}

int
invocation_interrupted(struct drill_error *error)
{
   return drill_error_set(error, "interrupted");
}
