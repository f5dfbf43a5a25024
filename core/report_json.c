#include "report_json.h"

#include "utf8.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Enough for a report without events; cJSON would start with 256 bytes and copy them six times. */
#define FIRST_CAPACITY 8192

/* The longest number: a sign, 20 digits, a point. */
#define NUMBER_MAX 24

/* Takes ownership of item, which is NULL if it could not be created. */
static void
add(struct json_writer *writer, const char *name, cJSON *item)
{
   bool added = false;
   if (item != NULL && !writer->failed) {
      cJSON *parent = writer->open[writer->depth - 1];
      /* The names are literals, which cJSON need not copy. */
      added = name == NULL ? cJSON_AddItemToArray(parent, item) : cJSON_AddItemToObjectCS(parent, name, item);
   }
   if (!added) {
      writer->failed = true;
      cJSON_Delete(item);
   }
}

static void
begin(struct json_writer *writer, const char *name, cJSON *item)
{
   if (writer->depth == 0) {
      writer->failed = item == NULL;
   } else if (writer->depth < JSON_DEPTH_MAX) {
      add(writer, name, item);
   } else {
      cJSON_Delete(item);
      writer->failed = true;
   }
   if (!writer->failed) {
      writer->open[writer->depth++] = item;
   }
}

static void
end(struct json_writer *writer)
{
   /* The outermost value stays open, because json_take prints it. */
   if (!writer->failed && writer->depth > 1) {
      writer->depth--;
   }
}

char *
json_take(struct json_writer *writer)
{
   cJSON *root = writer->depth == 0 ? NULL : writer->open[0];
   char *text = writer->failed ? NULL : cJSON_PrintBuffered(root, FIRST_CAPACITY, false);
   cJSON_Delete(root);
   *writer = (struct json_writer){.redactor = writer->redactor};
   return text;
}

void
json_begin_object(struct json_writer *writer, const char *name)
{
   begin(writer, name, cJSON_CreateObject());
}

void
json_end_object(struct json_writer *writer)
{
   end(writer);
}

void
json_begin_array(struct json_writer *writer, const char *name)
{
   begin(writer, name, cJSON_CreateArray());
}

void
json_end_array(struct json_writer *writer)
{
   end(writer);
}

void
json_add_null(struct json_writer *writer, const char *name)
{
   add(writer, name, cJSON_CreateNull());
}

void
json_add_bool(struct json_writer *writer, const char *name, bool value)
{
   add(writer, name, cJSON_CreateBool(value));
}

void
json_add_number(struct json_writer *writer, const char *name, uint64_t value)
{
   char text[NUMBER_MAX];
   (void)snprintf(text, sizeof text, "%" PRIu64, value);
   add(writer, name, cJSON_CreateRaw(text));
}

void
json_add_integer(struct json_writer *writer, const char *name, int64_t value)
{
   char text[NUMBER_MAX];
   (void)snprintf(text, sizeof text, "%" PRId64, value);
   add(writer, name, cJSON_CreateRaw(text));
}

/* Prints exactly three digits: a double would show 1.1 ms as 1.1000000000000001. */
void
json_add_signed_ms(struct json_writer *writer, const char *name, int64_t microseconds)
{
   char text[NUMBER_MAX];
   uint64_t magnitude = microseconds < 0 ? 0 - (uint64_t)microseconds : (uint64_t)microseconds;
   (void)snprintf(text,
                  sizeof text,
                  "%s%" PRIu64 ".%03u",
                  microseconds < 0 ? "-" : "",
                  magnitude / 1000,
                  (unsigned)(magnitude % 1000));
   add(writer, name, cJSON_CreateRaw(text));
}

void
json_add_ms(struct json_writer *writer, const char *name, int64_t microseconds)
{
   json_add_signed_ms(writer, name, microseconds < 0 ? 0 : microseconds);
}

void
json_add_ms_or_null(struct json_writer *writer, const char *name, int64_t microseconds)
{
   if (microseconds < 0) {
      json_add_null(writer, name);
   } else {
      json_add_signed_ms(writer, name, microseconds);
   }
}

void
json_add_text(struct json_writer *writer, const char *name, const char *text)
{
   cJSON *item = cJSON_CreateString(text);
   if (item != NULL) {
      redactor_apply(writer->redactor, item->valuestring);
      utf8_repair(item->valuestring);
   }
   add(writer, name, item);
}

void
json_add_text_or_null(struct json_writer *writer, const char *name, const char *text)
{
   if (text[0] == '\0') {
      json_add_null(writer, name);
   } else {
      json_add_text(writer, name, text);
   }
}

void
json_add_clean(struct json_writer *writer, const char *name, const char *json)
{
   add(writer, name, json == NULL ? NULL : cJSON_CreateRaw(json));
}

static void
clean_strings(cJSON *item, const struct redactor *redactor)
{
   for (cJSON *child = item->child; child != NULL; child = child->next) {
      if (cJSON_IsString(child)) {
         redactor_apply(redactor, child->valuestring);
         utf8_repair(child->valuestring);
      } else {
         clean_strings(child, redactor);
      }
   }
}

char *
json_clean_object(const char *json, const struct redactor *redactor)
{
   char *text = NULL;
   cJSON *parsed = cJSON_Parse(json);
   if (cJSON_IsObject(parsed)) {
      clean_strings(parsed, redactor);
      text = cJSON_PrintUnformatted(parsed);
   }
   cJSON_Delete(parsed);
   return text;
}
