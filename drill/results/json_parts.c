#include "json_parts.h"

#include "clock.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Some 30 years. */
#define MS_MAX 1e12

void
json_add_text(cJSON *object, const char *name, const char *text)
{
   char clean[TEXT_MAX];
   cJSON_AddStringToObject(object, name, text_clean(clean, sizeof clean, text, TEXT_JSON));
}

void
json_add_text_or_null(cJSON *object, const char *name, const char *text)
{
   if (text[0] == '\0') {
      cJSON_AddNullToObject(object, name);
   } else {
      json_add_text(object, name, text);
   }
}

void
json_add_ms(cJSON *object, const char *name, double ms)
{
   if (!(ms >= 0 && ms < MS_MAX)) {
      cJSON_AddNullToObject(object, name);
   } else {
      cJSON_AddNumberToObject(object, name, (double)(int64_t)(ms * 1000 + 0.5) / 1000);
   }
}

void
json_add_axis_us(cJSON *object, const char *name, int64_t us)
{
   cJSON_AddNumberToObject(object, name, (double)us / 1000);
}

/* cJSON accepts any bytes as text; JSON does not. */
static cJSON *
parse(const char *text)
{
   size_t size = 3 * strlen(text) + 1;
   char *clean = malloc(size);
   cJSON *parsed = clean == NULL ? NULL : cJSON_Parse(text_clean(clean, size, text, TEXT_JSON));
   free(clean);
   return parsed;
}

void
json_add_parsed(cJSON *object, const char *name, const char *text)
{
   cJSON *parsed = text == NULL ? NULL : parse(text);
   if (!cJSON_IsObject(parsed)) {
      cJSON_Delete(parsed);
      parsed = cJSON_CreateNull();
   }
   cJSON_AddItemToObject(object, name, parsed);
}

void
json_add_lines(cJSON *object, const char *name, const char *text)
{
   cJSON *array = cJSON_AddArrayToObject(object, name);
   while (text != NULL && text[0] != '\0') {
      char line[TEXT_MAX];
      char clean[TEXT_MAX];
      size_t length = strcspn(text, "\n");
      snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), text);
      cJSON *element = cJSON_CreateString(text_clean(clean, sizeof clean, line, TEXT_JSON));
      if (!cJSON_AddItemToArray(array, element)) {
         cJSON_Delete(element);
      }
      text += length + (text[length] == '\n' ? 1 : 0);
   }
}

void
json_add_wall(cJSON *object, const char *name, int64_t wall_ms)
{
   char text[CLOCK_RFC3339];
   clock_rfc3339(text, wall_ms);
   cJSON_AddStringToObject(object, name, text);
}

void
json_add_verdict(cJSON *object, enum drill_verdict verdict)
{
   cJSON_AddStringToObject(object, "verdict", drill_verdict_name(verdict));
}

cJSON *
json_add_element(cJSON *array)
{
   cJSON *element = cJSON_CreateObject();
   if (element != NULL && !cJSON_AddItemToArray(array, element)) {
      cJSON_Delete(element);
      element = NULL;
   }
   return element;
}
