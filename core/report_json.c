#include "report_json.h"

#include "utf8.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Enough for a report without events. */
#define FIRST_CAPACITY 4096

/* What may stand before a value besides its name: ,"": */
#define PUNCTUATION_MAX 4

/* The longest number: a sign, 20 digits, a point. */
#define NUMBER_MAX 24

/* Returns where the next more bytes go; NULL when memory ran out. */
static char *
room(struct json_writer *writer, size_t more)
{
   size_t needed = writer->length + more;
   if (needed > writer->capacity && !writer->failed) {
      size_t doubled = writer->capacity == 0 ? FIRST_CAPACITY : 2 * writer->capacity;
      size_t capacity = doubled > needed ? doubled : needed;
      char *larger = realloc(writer->text, capacity);
      writer->failed = larger == NULL;
      if (larger != NULL) {
         writer->text = larger;
         writer->capacity = capacity;
      }
   }
   return writer->failed ? NULL : writer->text + writer->length;
}

static void
append(struct json_writer *writer, const char *bytes, size_t length)
{
   char *end = room(writer, length);
   if (end != NULL) {
      memcpy(end, bytes, length);
      writer->length += length;
   }
}

/* Adds a value, or its beginning: a comma unless it is the first one inside, and its name. */
static void
add(struct json_writer *writer, const char *name, const char *value, size_t length)
{
   size_t name_length = name == NULL ? 0 : strlen(name);
   char last = writer->length == 0 ? '[' : writer->text[writer->length - 1];
   char *to = room(writer, PUNCTUATION_MAX + name_length + length);
   if (to == NULL) {
      return;
   }
   if (last != '[' && last != '{') {
      *to++ = ',';
   }
   if (name != NULL) {
      *to++ = '"';
      memcpy(to, name, name_length);
      to += name_length;
      *to++ = '"';
      *to++ = ':';
   }
   memcpy(to, value, length);
   writer->length = (size_t)(to - writer->text) + length;
}

char *
json_take(struct json_writer *writer)
{
   append(writer, "", 1);
   if (writer->failed) {
      free(writer->text);
   }
   char *text = writer->failed ? NULL : writer->text;
   *writer = (struct json_writer){.redactor = writer->redactor};
   return text;
}

void
json_begin_object(struct json_writer *writer, const char *name)
{
   add(writer, name, "{", 1);
}

void
json_end_object(struct json_writer *writer)
{
   append(writer, "}", 1);
}

void
json_begin_array(struct json_writer *writer, const char *name)
{
   add(writer, name, "[", 1);
}

void
json_end_array(struct json_writer *writer)
{
   append(writer, "]", 1);
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

/* Writes the digits of value, at least so many, before end. Returns the first. */
static char *
write_digits(char *end, uint64_t value, int at_least)
{
   for (; value > 0 || at_least > 0; at_least--) {
      *--end = (char)('0' + value % 10);
      value /= 10;
   }
   return end;
}

static uint64_t
magnitude_of(int64_t value)
{
   return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void
json_add_number(struct json_writer *writer, const char *name, uint64_t value)
{
   char digits[NUMBER_MAX];
   char *end = digits + sizeof digits;
   char *begin = write_digits(end, value, 1);
   add(writer, name, begin, (size_t)(end - begin));
}

void
json_add_integer(struct json_writer *writer, const char *name, int64_t value)
{
   char digits[NUMBER_MAX];
   char *end = digits + sizeof digits;
   char *begin = write_digits(end, magnitude_of(value), 1);
   if (value < 0) {
      *--begin = '-';
   }
   add(writer, name, begin, (size_t)(end - begin));
}

/* Writes exactly three digits: a double would show 1.1 ms as 1.1000000000000001. */
void
json_add_signed_ms(struct json_writer *writer, const char *name, int64_t microseconds)
{
   char digits[NUMBER_MAX];
   char *end = digits + sizeof digits;
   uint64_t magnitude = magnitude_of(microseconds);
   char *begin = write_digits(end, magnitude % 1000, 3);
   *--begin = '.';
   begin = write_digits(begin, magnitude / 1000, 1);
   if (microseconds < 0) {
      *--begin = '-';
   }
   add(writer, name, begin, (size_t)(end - begin));
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
json_add_time(struct json_writer *writer, const char *name, int64_t unix_us)
{
   char text[] = "\"0000-00-00T00:00:00.000Z\"";
   time_t seconds = (time_t)(unix_us / 1000000);
   struct tm utc;
   (void)gmtime_r(&seconds, &utc);
   (void)write_digits(text + 5, (uint64_t)(utc.tm_year + 1900) % 10000, 4);
   (void)write_digits(text + 8, (uint64_t)utc.tm_mon + 1, 2);
   (void)write_digits(text + 11, (uint64_t)utc.tm_mday, 2);
   (void)write_digits(text + 14, (uint64_t)utc.tm_hour, 2);
   (void)write_digits(text + 17, (uint64_t)utc.tm_min, 2);
   (void)write_digits(text + 20, (uint64_t)utc.tm_sec, 2);
   (void)write_digits(text + 24, (uint64_t)unix_us / 1000 % 1000, 3);
   add(writer, name, text, sizeof text - 1);
}

/* The letter for a character after a backslash; 'u' for a control character without one, and 0 for a character that
 * needs no escape. */
static char
escape_letter(char character)
{
   switch (character) {
   case '"':
   case '\\':
      return character;
   case '\b':
      return 'b';
   case '\t':
      return 't';
   case '\n':
      return 'n';
   case '\f':
      return 'f';
   case '\r':
      return 'r';
   default:
      return (unsigned char)character < 0x20 ? 'u' : '\0';
   }
}

/* Returns the length of the character's escape, such as \n or \u001f; 1 when it needs none. */
static size_t
escaped_length(char character)
{
   char letter = escape_letter(character);
   return letter == '\0' ? 1 : letter == 'u' ? 6 : 2;
}

static void
write_escaped(char *to, char character)
{
   static const char hex[] = "0123456789abcdef";
   char letter = escape_letter(character);
   if (letter == '\0') {
      *to = character;
      return;
   }
   to[0] = '\\';
   to[1] = letter;
   if (letter == 'u') {
      to[2] = to[3] = '0';
      to[4] = hex[character >> 4];
      to[5] = hex[character & 0xf];
   }
}

/* Escapes the last length bytes of the text in place, from their end: what follows an escape moves up. */
static void
escape_tail(struct json_writer *writer, size_t length)
{
   size_t more = 0;
   for (size_t i = writer->length - length; i < writer->length; i++) {
      more += escaped_length(writer->text[i]) - 1;
   }
   if (room(writer, more) == NULL) {
      return;
   }
   const char *from = writer->text + writer->length;
   char *to = writer->text + writer->length + more;
   writer->length += more;
   while (to > from) {
      from--;
      to -= escaped_length(*from);
      write_escaped(to, *from);
   }
}

void
json_add_text(struct json_writer *writer, const char *name, const char *text)
{
   size_t size = strlen(text) + 1;
   add(writer, name, "\"", 1);
   char *copy = room(writer, size);
   if (copy == NULL) {
      return;
   }
   memcpy(copy, text, size);
   redactor_apply(writer->redactor, copy);
   utf8_repair(copy);
   size_t length = strlen(copy);
   writer->length += length;
   escape_tail(writer, length);
   append(writer, "\"", 1);
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
