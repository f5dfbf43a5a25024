#include "report_json.h"

#include "utf8.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* Enough for a report without events. */
#define FIRST_CAPACITY 8192

/* cJSON writes a control character as six, and wants room for five more bytes than it needs. */
#define ESCAPED_MAX(length) (6 * (length) + 2 + 1 + 5)

/* The longest number: a sign, 20 digits, a point. */
#define NUMBER_MAX 24

/* Makes room for this many bytes. Returns false when out of memory, now or before. */
static bool
reserve(struct json_writer *writer, size_t length)
{
   if (!writer->failed && writer->capacity - writer->length < length) {
      size_t capacity = writer->capacity == 0 ? FIRST_CAPACITY : 2 * writer->capacity;
      capacity = capacity < writer->length + length ? writer->length + length : capacity;
      char *larger = realloc(writer->text, capacity);
      if (larger == NULL) {
         writer->failed = true;
      } else {
         writer->text = larger;
         writer->capacity = capacity;
      }
   }
   return !writer->failed;
}

static void
put(struct json_writer *writer, const char *bytes, size_t length)
{
   memcpy(writer->text + writer->length, bytes, length);
   writer->length += length;
}

/* Writes what comes before a value, and makes room for a value of at most this many bytes. Returns false when out of
 * memory. */
static bool
lead_in(struct json_writer *writer, const char *name, size_t most)
{
   size_t length = name == NULL ? 0 : strlen(name);
   if (!reserve(writer, length + 4 + most)) {
      return false;
   }
   if (writer->follows) {
      put(writer, ",", 1);
   }
   if (name != NULL) {
      put(writer, "\"", 1);
      put(writer, name, length);
      put(writer, "\":", 2);
   }
   writer->follows = true;
   return true;
}

static void
add(struct json_writer *writer, const char *name, const char *value, size_t length)
{
   if (lead_in(writer, name, length)) {
      put(writer, value, length);
   }
}

static void
begin(struct json_writer *writer, const char *name, const char *bracket)
{
   add(writer, name, bracket, 1);
   writer->follows = false;
}

static void
end(struct json_writer *writer, const char *bracket)
{
   if (reserve(writer, 1)) {
      put(writer, bracket, 1);
   }
   writer->follows = true;
}

char *
json_take(struct json_writer *writer)
{
   char *text = NULL;
   if (reserve(writer, 1)) {
      put(writer, "", 1);
      text = writer->text;
   } else {
      free(writer->text);
   }
   *writer = (struct json_writer){.redactor = writer->redactor};
   return text;
}

void
json_begin_object(struct json_writer *writer, const char *name)
{
   begin(writer, name, "{");
}

void
json_end_object(struct json_writer *writer)
{
   end(writer, "}");
}

void
json_begin_array(struct json_writer *writer, const char *name)
{
   begin(writer, name, "[");
}

void
json_end_array(struct json_writer *writer)
{
   end(writer, "]");
}

void
json_add_null(struct json_writer *writer, const char *name)
{
   add(writer, name, "null", 4);
}

void
json_add_bool(struct json_writer *writer, const char *name, bool value)
{
   add(writer, name, value ? "true" : "false", value ? 4 : 5);
}

/* Writes magnitude / 10^decimals. Integers, because a double would show 1.1 ms as 1.1000000000000001; by hand, because
 * snprintf takes ten times as long. */
static void
add_decimal(struct json_writer *writer, const char *name, bool negative, uint64_t magnitude, int decimals)
{
   char digits[NUMBER_MAX];
   size_t at = sizeof digits;
   for (int written = 0; magnitude > 0 || written <= decimals; written++) {
      if (written == decimals && decimals > 0) {
         digits[--at] = '.';
      }
      digits[--at] = (char)('0' + magnitude % 10);
      magnitude /= 10;
   }
   if (negative) {
      digits[--at] = '-';
   }
   add(writer, name, digits + at, sizeof digits - at);
}

static uint64_t
magnitude_of(int64_t value)
{
   return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void
json_add_number(struct json_writer *writer, const char *name, uint64_t value)
{
   add_decimal(writer, name, false, value, 0);
}

void
json_add_integer(struct json_writer *writer, const char *name, int64_t value)
{
   add_decimal(writer, name, value < 0, magnitude_of(value), 0);
}

void
json_add_signed_ms(struct json_writer *writer, const char *name, int64_t microseconds)
{
   add_decimal(writer, name, microseconds < 0, magnitude_of(microseconds), 3);
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

static void
put_quoted(struct json_writer *writer, const char *text)
{
   put(writer, "\"", 1);
   put(writer, text, strlen(text));
   put(writer, "\"", 1);
}

void
json_add_literal(struct json_writer *writer, const char *name, const char *text)
{
   if (lead_in(writer, name, strlen(text) + 2)) {
      put_quoted(writer, text);
   }
}

/* Whether JSON has it as it is: printable ASCII without a quote or a backslash, as nearly all texts are. */
static bool
is_plain(const char *text)
{
   while (*text >= ' ' && *text <= '~' && *text != '"' && *text != '\\') {
      text++;
   }
   return *text == '\0';
}

void
json_add_text(struct json_writer *writer, const char *name, const char *text)
{
   size_t length = strlen(text);
   if (!lead_in(writer, name, ESCAPED_MAX(length) + length + 1)) {
      return;
   }
   char *start = writer->text + writer->length;
   /* The copy is cleaned behind the room for the result. */
   char *copy = start + ESCAPED_MAX(length);
   memcpy(copy, text, length + 1);
   redactor_apply(writer->redactor, copy);
   if (is_plain(copy)) {
      put_quoted(writer, copy);
      return;
   }
   utf8_repair(copy);
   cJSON item = {.type = cJSON_String, .valuestring = copy};
   if (cJSON_PrintPreallocated(&item, start, (int)ESCAPED_MAX(length), false)) {
      writer->length += strlen(start);
   } else {
      writer->failed = true;
   }
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
   if (json == NULL) {
      writer->failed = true;
   } else {
      add(writer, name, json, strlen(json));
   }
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
