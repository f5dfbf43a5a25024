#include "report_json.h"

#include "text.h"

#include <cjson/cJSON.h>
#include <string.h>

/* Enough for a report without events. */
#define FIRST_CAPACITY 8192

/* The longest number: a sign, 20 digits, a point. */
#define NUMBER_MAX 24

static bool
reserve(struct json_writer *writer, size_t more)
{
   if (writer->failed) {
      return false;
   }
   if (writer->capacity - writer->length >= more) {
      return true;
   }
   size_t capacity = writer->capacity == 0 ? FIRST_CAPACITY : writer->capacity;
   while (capacity - writer->length < more) {
      capacity *= 2;
   }
   char *text = cJSON_malloc(capacity);
   if (text == NULL) {
      writer->failed = true;
      return false;
   }
   if (writer->length > 0) {
      memcpy(text, writer->text, writer->length);
   }
   cJSON_free(writer->text);
   writer->text = text;
   writer->capacity = capacity;
   return true;
}

static void
put(struct json_writer *writer, const char *bytes, size_t length)
{
   if (reserve(writer, length)) {
      memcpy(writer->text + writer->length, bytes, length);
      writer->length += length;
   }
}

static void
put_char(struct json_writer *writer, char c)
{
   put(writer, &c, 1);
}

/* The comma before a value, and its name. */
static void
put_name(struct json_writer *writer, const char *name)
{
   char last = writer->length == 0 ? '[' : writer->text[writer->length - 1];
   if (last != '[' && last != '{') {
      put_char(writer, ',');
   }
   if (name != NULL) {
      put_char(writer, '"');
      put(writer, name, strlen(name));
      put(writer, "\":", 2);
   }
}

char *
json_take(struct json_writer *writer)
{
   put_char(writer, '\0');
   char *text = writer->text;
   if (writer->failed) {
      cJSON_free(text);
      text = NULL;
   }
   *writer = (struct json_writer){.redactor = writer->redactor};
   return text;
}

void
json_begin_object(struct json_writer *writer, const char *name)
{
   put_name(writer, name);
   put_char(writer, '{');
}

void
json_end_object(struct json_writer *writer)
{
   put_char(writer, '}');
}

void
json_begin_array(struct json_writer *writer, const char *name)
{
   put_name(writer, name);
   put_char(writer, '[');
}

void
json_end_array(struct json_writer *writer)
{
   put_char(writer, ']');
}

void
json_add_null(struct json_writer *writer, const char *name)
{
   put_name(writer, name);
   put(writer, "null", 4);
}

void
json_add_bool(struct json_writer *writer, const char *name, bool value)
{
   put_name(writer, name);
   put(writer, value ? "true" : "false", value ? 4 : 5);
}

/* At least so many digits, the last decimals of them after a point: printf takes ten times as long. */
static void
put_decimal(struct json_writer *writer, uint64_t value, size_t decimals)
{
   char digits[NUMBER_MAX];
   size_t at = sizeof digits;
   size_t count = 0;
   while (value > 0 || count <= decimals) {
      if (count > 0 && count == decimals) {
         digits[--at] = '.';
      }
      digits[--at] = (char)('0' + value % 10);
      value /= 10;
      count++;
   }
   put(writer, digits + at, sizeof digits - at);
}

static uint64_t
magnitude(int64_t value)
{
   return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void
json_add_number(struct json_writer *writer, const char *name, uint64_t value)
{
   put_name(writer, name);
   put_decimal(writer, value, 0);
}

void
json_add_integer(struct json_writer *writer, const char *name, int64_t value)
{
   put_name(writer, name);
   if (value < 0) {
      put_char(writer, '-');
   }
   put_decimal(writer, magnitude(value), 0);
}

void
json_add_signed_ms(struct json_writer *writer, const char *name, int64_t microseconds)
{
   put_name(writer, name);
   if (microseconds < 0) {
      put_char(writer, '-');
   }
   put_decimal(writer, magnitude(microseconds), 3);
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

/* RFC 8259, section 7. */
#define ESCAPE_MAX 6

static size_t
escape(char *to, char c)
{
   static const char hex[] = "0123456789abcdef";
   static const char shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\"; /* pairs: the character, its letter */
   for (size_t i = 0; i + 1 < sizeof shorts; i += 2) {
      if (c == shorts[i]) {
         to[0] = '\\';
         to[1] = shorts[i + 1];
         return 2;
      }
   }
   memcpy(to, "\\u00", 4);
   to[4] = hex[(unsigned char)c >> 4];
   to[5] = hex[c & 0xF];
   return ESCAPE_MAX;
}

static bool
needs_escape(char c)
{
   return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

void
json_add_text(struct json_writer *writer, const char *name, const char *text)
{
   put_name(writer, name);
   /* It is cleaned at the end of the room reserved, and from there escaped into its place, which it never reaches. */
   size_t length = strlen(text);
   if (!reserve(writer, ESCAPE_MAX * length + 2 + length + 1)) {
      return;
   }
   char *copy = writer->text + writer->capacity - (length + 1);
   memcpy(copy, text, length + 1);
   redactor_apply(writer->redactor, copy);
   text_make_utf8(copy);
   char *to = writer->text + writer->length;
   *to++ = '"';
   for (; *copy != '\0'; copy++) {
      if (needs_escape(*copy)) {
         to += escape(to, *copy);
      } else {
         *to++ = *copy;
      }
   }
   *to++ = '"';
   writer->length = (size_t)(to - writer->text);
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
   put_name(writer, name);
   put(writer, json, strlen(json));
}

static void
clean_strings(cJSON *item, const struct redactor *redactor)
{
   for (cJSON *child = item->child; child != NULL; child = child->next) {
      if (cJSON_IsString(child)) {
         redactor_apply(redactor, child->valuestring);
         text_make_utf8(child->valuestring);
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
