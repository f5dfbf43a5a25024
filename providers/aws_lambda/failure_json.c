#include "failure_json.h"

#include "utf8.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Far below the 6 MB that Lambda accepts, however much escaping adds. */
#define REPORT_MAX (1024 * 1024)

static char *
join(const char *message, const char *report, size_t report_length)
{
   size_t length = strlen(message);
   size_t shown = report == NULL || report_length > REPORT_MAX ? 0 : report_length;
   char *text = malloc(length + shown + 2);
   if (text == NULL) {
      return NULL;
   }
   memcpy(text, message, length + 1);
   /* The first line end marks where the report begins. */
   utf8_make_one_line(text);
   if (shown > 0) {
      text[length++] = '\n';
      memcpy(text + length, report, shown);
   }
   text[length + shown] = '\0';
   utf8_repair(text);
   return text;
}

char *
failure_json_make(const char *type, const char *message, const char *report, size_t report_length)
{
   char *made = NULL;
   char *text = join(message, report, report_length);
   cJSON *failure = text == NULL ? NULL : cJSON_CreateObject();
   bool complete = failure != NULL && cJSON_AddStringToObject(failure, "errorMessage", text) != NULL &&
                   cJSON_AddStringToObject(failure, "errorType", type) != NULL &&
                   cJSON_AddArrayToObject(failure, "stackTrace") != NULL;
   if (complete) {
      made = cJSON_PrintUnformatted(failure);
   }
   cJSON_Delete(failure);
   free(text);
   return made;
}
