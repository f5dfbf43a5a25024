#include "json_writer.h"

#include "clock.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Some 30 years. */
#define MS_MAX 1e12

/* Every byte may become \u001b. */
#define ESCAPED_MAX (6 * TEXT_MAX + 8)

/* In a script element, escapes every '<': "</script" ends the element and "<!--" begins a comment in it, wherever they
 * stand (HTML, "Restrictions for contents of script elements"). JSON has '<' only in strings. */
static void
put(struct json_writer *json, const char *text)
{
   for (;;) {
      size_t plain = json->in_script ? strcspn(text, "<") : strlen(text);
      result_file_put(json->file, text, plain);
      if (text[plain] == '\0') {
         return;
      }
      result_file_text(json->file, "\\u003c");
      text += plain + 1;
   }
}

/* One member per line, and one element of each of the outer arrays, so that line tools and diffs are useful. */
static void
begin(struct json_writer *json, const char *name)
{
   if (json->filled) {
      put(json, ",");
   }
   if (json->depth == 1) {
      put(json, "\n ");
   } else if (json->depth == 2 && name == NULL) {
      put(json, "\n  ");
   }
   if (name != NULL) {
      put(json, "\"");
      put(json, name);
      put(json, json->depth == 1 ? "\": " : "\":");
   }
   json->filled = true;
}

void
json_open(struct json_writer *json, const char *name, const char *bracket)
{
   begin(json, name);
   put(json, bracket);
   json->depth++;
   json->filled = false;
}

void
json_close(struct json_writer *json, const char *bracket)
{
   json->depth--;
   if (json->depth == 0) {
      put(json, "\n");
   } else if (json->depth == 1 && json->filled && bracket[0] == ']') {
      put(json, "\n ");
   }
   put(json, bracket);
   put(json, json->depth == 0 ? "\n" : "");
   json->filled = true;
}

static void
put_value(struct json_writer *json, const char *name, const char *value)
{
   begin(json, name);
   put(json, value);
}

void
json_null(struct json_writer *json, const char *name)
{
   put_value(json, name, "null");
}

void
json_bool(struct json_writer *json, const char *name, bool value)
{
   put_value(json, name, value ? "true" : "false");
}

void
json_number(struct json_writer *json, const char *name, double number)
{
   char text[32];
   (void)snprintf(text, sizeof text, "%.15g", number);
   put_value(json, name, text);
}

void
json_text(struct json_writer *json, const char *name, const char *text)
{
   char clean[TEXT_MAX], escaped[ESCAPED_MAX];
   cJSON item = {.type = cJSON_String, .valuestring = text_clean(clean, sizeof clean, text, TEXT_JSON)};
   bool fits = cJSON_PrintPreallocated(&item, escaped, sizeof escaped, false);
   put_value(json, name, fits ? escaped : "\"\"");
}

void
json_text_or_null(struct json_writer *json, const char *name, const char *text)
{
   (text[0] == '\0' ? json_null(json, name) : json_text(json, name, text));
}

void
json_ms(struct json_writer *json, const char *name, double ms)
{
   if (ms >= 0 && ms < MS_MAX) {
      json_number(json, name, (double)(int64_t)(ms * 1000 + 0.5) / 1000);
   } else {
      json_null(json, name);
   }
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
json_object(struct json_writer *json, const char *name, const char *text)
{
   cJSON *parsed = text == NULL ? NULL : parse(text);
   char *printed = cJSON_IsObject(parsed) ? cJSON_PrintUnformatted(parsed) : NULL;
   put_value(json, name, printed == NULL ? "null" : printed);
   cJSON_free(printed);
   cJSON_Delete(parsed);
}

void
json_lines(struct json_writer *json, const char *name, const char *text)
{
   json_open(json, name, "[");
   while (text != NULL && text[0] != '\0') {
      char line[TEXT_MAX];
      size_t length = strcspn(text, "\n");
      snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), text);
      json_text(json, NULL, line);
      text += length + (text[length] == '\n' ? 1 : 0);
   }
   json_close(json, "]");
}

void
json_wall(struct json_writer *json, const char *name, int64_t wall_ms)
{
   char text[CLOCK_RFC3339];
   clock_rfc3339(text, wall_ms);
   json_text(json, name, text);
}
