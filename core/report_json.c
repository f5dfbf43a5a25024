#include "report_json.h"

#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cJSON *
keep(struct json_writer *writer, cJSON *made)
{
   if (made == NULL) {
      writer->failed = true;
   }
   return made;
}

cJSON *
json_add_object(struct json_writer *writer, cJSON *parent, const char *name)
{
   return keep(writer, cJSON_AddObjectToObject(parent, name));
}

cJSON *
json_add_array(struct json_writer *writer, cJSON *parent, const char *name)
{
   return keep(writer, cJSON_AddArrayToObject(parent, name));
}

void
json_add_null(struct json_writer *writer, cJSON *parent, const char *name)
{
   (void)keep(writer, cJSON_AddNullToObject(parent, name));
}

void
json_add_bool(struct json_writer *writer, cJSON *parent, const char *name, bool value)
{
   (void)keep(writer, cJSON_AddBoolToObject(parent, name, value));
}

void
json_add_number(struct json_writer *writer, cJSON *parent, const char *name, double value)
{
   (void)keep(writer, cJSON_AddNumberToObject(parent, name, value));
}

/* Exactly three digits: cJSON would print 1.1 ms as 1.1000000000000001. */
static cJSON *
milliseconds(int64_t microseconds)
{
   char text[32];
   uint64_t magnitude = (uint64_t)(microseconds < 0 ? -microseconds : microseconds);
   (void)snprintf(text,
                  sizeof text,
                  "%s%llu.%03llu",
                  microseconds < 0 ? "-" : "",
                  (unsigned long long)(magnitude / 1000),
                  (unsigned long long)(magnitude % 1000));
   return cJSON_CreateRaw(text);
}

static void
add_item(struct json_writer *writer, cJSON *parent, const char *name, cJSON *item)
{
   if (item == NULL || !cJSON_AddItemToObject(parent, name, item)) {
      writer->failed = true;
      cJSON_Delete(item);
   }
}

void
json_add_integer(struct json_writer *writer, cJSON *parent, const char *name, int64_t value)
{
   char text[32];
   (void)snprintf(text, sizeof text, "%lld", (long long)value);
   add_item(writer, parent, name, cJSON_CreateRaw(text));
}

void
json_add_signed_ms(struct json_writer *writer, cJSON *parent, const char *name, int64_t microseconds)
{
   add_item(writer, parent, name, milliseconds(microseconds));
}

void
json_add_ms(struct json_writer *writer, cJSON *parent, const char *name, int64_t microseconds)
{
   json_add_signed_ms(writer, parent, name, microseconds < 0 ? 0 : microseconds);
}

void
json_add_ms_or_null(struct json_writer *writer, cJSON *parent, const char *name, int64_t microseconds)
{
   if (microseconds < 0) {
      json_add_null(writer, parent, name);
   } else {
      json_add_signed_ms(writer, parent, name, microseconds);
   }
}

static char *
clean_copy(const struct json_writer *writer, const char *text)
{
   char *copy = strdup(text);
   if (copy != NULL) {
      redactor_apply(writer->redactor, copy);
      utf8_repair(copy);
   }
   return copy;
}

void
json_add_text(struct json_writer *writer, cJSON *parent, const char *name, const char *text)
{
   char *copy = clean_copy(writer, text);
   if (copy == NULL || cJSON_AddStringToObject(parent, name, copy) == NULL) {
      writer->failed = true;
   }
   free(copy);
}

void
json_add_text_or_null(struct json_writer *writer, cJSON *parent, const char *name, const char *text)
{
   if (text[0] == '\0') {
      json_add_null(writer, parent, name);
   } else {
      json_add_text(writer, parent, name, text);
   }
}

static void
clean_strings(struct json_writer *writer, cJSON *item)
{
   for (cJSON *child = item->child; child != NULL; child = child->next) {
      if (cJSON_IsString(child)) {
         redactor_apply(writer->redactor, child->valuestring);
      } else {
         clean_strings(writer, child);
      }
   }
}

void
json_add_parsed(struct json_writer *writer, cJSON *parent, const char *name, const char *json)
{
   cJSON *parsed = cJSON_Parse(json);
   if (!cJSON_IsObject(parsed)) {
      cJSON_Delete(parsed);
      json_add_null(writer, parent, name);
      return;
   }
   clean_strings(writer, parsed);
   add_item(writer, parent, name, parsed);
}

cJSON *
json_append_object(struct json_writer *writer, cJSON *array)
{
   cJSON *object = cJSON_CreateObject();
   if (object == NULL || !cJSON_AddItemToArray(array, object)) {
      writer->failed = true;
      cJSON_Delete(object);
      return NULL;
   }
   return object;
}

void
json_append_ms(struct json_writer *writer, cJSON *array, int64_t microseconds)
{
   cJSON *item = milliseconds(microseconds);
   if (item == NULL || !cJSON_AddItemToArray(array, item)) {
      writer->failed = true;
      cJSON_Delete(item);
   }
}
