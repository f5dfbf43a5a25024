#include "service_kind.h"

#include "utf8.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 300

static const char *
text_of(const cJSON *object, const char *name)
{
   const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
   return text == NULL ? "" : text;
}

/* Returns the report of faas-harness in the answer, or NULL. */
static const cJSON *
report_of(const cJSON *answer, const cJSON *error)
{
   const cJSON *inner = cJSON_GetObjectItemCaseSensitive(error, "report");
   const cJSON *report = cJSON_IsObject(inner) ? inner : answer;
   return cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(report, "reportVersion")) ? report : NULL;
}

/* For a text that is not JSON, or has no message in the usual places. */
static void
show_text(char *message, size_t size, const char *text, size_t length)
{
   int shown = (int)(length < SHOWN_MAX ? length : SHOWN_MAX);
   if (length == 0) {
      (void)snprintf(message, size, "the answer has no body");
   } else {
      (void)snprintf(message, size, "%.*s%s", shown, text, length > SHOWN_MAX ? "…" : "");
      utf8_make_one_line(message);
   }
}

bool
service_answer_failed(struct invocation_result *result, const char *what, const char *text, size_t length)
{
   cJSON *answer = cJSON_ParseWithLength(text, length);
   const cJSON *error = cJSON_GetObjectItemCaseSensitive(answer, "error");
   const cJSON *report = report_of(answer, error);
   const char *type = text_of(error, "type");
   const char *said = cJSON_IsString(error) ? error->valuestring : text_of(error, "message");
   if (said[0] == '\0') {
      said = text_of(answer, "errorMessage");
      type = text_of(answer, "errorType");
   }
   char shown[SHOWN_MAX + 100];
   if (said[0] == '\0') {
      show_text(shown, sizeof shown, text, length);
      said = shown;
   }
   char *told = report == NULL ? NULL : cJSON_PrintUnformatted(report);
   char *message = NULL;
   bool set = (report == NULL || told != NULL) &&
              asprintf(&message, "%s%s%s", said, told == NULL ? "" : "\n", told == NULL ? "" : told) >= 0 &&
              invocation_result_fail(result, type[0] == '\0' ? what : type, message);
   result->outcome = INVOCATION_FUNCTION_ERROR;
   free(message);
   cJSON_free(told);
   cJSON_Delete(answer);
   return set;
}

bool
service_answer_take_http(struct service_answer *answer, struct invocation_result *result, struct violations *violations)
{
   (void)violations;
   if (answer->status < 200 || answer->status >= 400) {
      char what[32];
      (void)snprintf(what, sizeof what, "HTTP %ld", answer->status);
      return service_answer_failed(result, what, answer->text, answer->length);
   }
   result->outcome = INVOCATION_ANSWERED;
   result->payload = answer->text;
   result->payload_length = answer->length;
   answer->text = NULL;
   return true;
}
