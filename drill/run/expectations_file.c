#include "append.h"
#include "checks.h"
#include "expectations.h"
#include "phase_kinds.h"
#include "utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLANKS " \t"
/* Some editors put it at the start of a file. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* One line; words are taken from its front. */
struct reader {
   struct drill_results *results;
   const char *path;
   const char *today;
   unsigned line;
   char *rest;
   struct drill_error *error;
};

static bool refuse(const struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool
refuse(const struct reader *reader, const char *format, ...)
{
   char what[sizeof reader->error->message];
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(what, sizeof what, format, arguments);
   va_end(arguments);
   return drill_error_false(reader->error, "%.250s:%u: %.700s", reader->path, reader->line, what);
}

/* Returns "" at the line's end. */
static char *
next_word(struct reader *reader)
{
   char *word = reader->rest + strspn(reader->rest, BLANKS);
   reader->rest = word + strcspn(word, BLANKS);
   if (reader->rest[0] != '\0') {
      *reader->rest++ = '\0';
   }
   return word;
}

void
expectations_today(char day[EXPECTATIONS_DAY])
{
   time_t now = time(NULL);
   struct tm parts;
   day[0] = '\0';
   if (gmtime_r(&now, &parts) != NULL) {
      strftime(day, EXPECTATIONS_DAY, "%Y-%m-%d", &parts);
   }
}

/* True for a date that exists: 2027-02-29 does not. */
static bool
is_day(const char *text)
{
   struct tm parts = {0};
   char again[EXPECTATIONS_DAY] = "";
   const char *end = strlen(text) == EXPECTATIONS_DAY - 1 ? strptime(text, "%Y-%m-%d", &parts) : NULL;
   return end != NULL && *end == '\0' && timegm(&parts) != -1 &&
          strftime(again, sizeof again, "%Y-%m-%d", &parts) == EXPECTATIONS_DAY - 1 && strcmp(text, again) == 0;
}

static bool
is_check(const char *name)
{
   for (size_t i = 0; checks_name(i) != NULL; i++) {
      if (strcmp(checks_name(i), name) == 0) {
         return true;
      }
   }
   return false;
}

static bool
refuse_name(const struct reader *reader, const char *name)
{
   char phases[256] = "";
   char checks[512] = "";
   for (size_t i = 0; i < phase_kind_count; i++) {
      append_item(TEXT_OUT(phases), ", ", phase_kinds[i]->name);
   }
   append_item(TEXT_OUT(phases), ", ", phase_burst.name);
   for (size_t i = 0; checks_name(i) != NULL; i++) {
      append_item(TEXT_OUT(checks), ", ", checks_name(i));
   }
   return refuse(reader, "\"%.60s\" is neither a phase (%s) nor a check (%s)", name, phases, checks);
}

static bool
read_name(struct reader *reader, struct drill_expectation *to)
{
   const char *name = next_word(reader);
   if (!phase_kind_exists(name, strlen(name)) && !is_check(name)) {
      return refuse_name(reader, name);
   }
   const struct drill_expectation *other = results_expectation(reader->results, name);
   if (other != NULL) {
      return refuse(reader, "line %u also names %s: merge the two lines", other->line, name);
   }
   snprintf(to->name, sizeof to->name, "%s", name);
   return true;
}

static bool
read_until(const struct reader *reader, struct drill_expectation *to, const char *value)
{
   if (!is_day(value)) {
      return refuse(reader, "until= takes a date such as until=2027-03-01, found \"%.60s\"", value);
   }
   if (strcmp(reader->today, value) > 0) {
      return refuse(reader, "expired on %s: renew or delete line %u (%s)", value, reader->line, to->name);
   }
   snprintf(to->until, sizeof to->until, "%s", value);
   return true;
}

static bool
read_needs(const struct reader *reader, struct drill_expectation *to, const char *value)
{
   if (!is_check(to->name)) {
      return refuse(reader, "needs= works with a check only, and %s is a phase", to->name);
   }
   for (const char *one = value;; one++) {
      size_t length = strcspn(one, ",");
      if (!phase_kind_exists(one, length)) {
         return refuse(reader, "needs= takes phases, such as needs=outage,failover; found \"%.60s\"", value);
      }
      one += length;
      if (*one == '\0') {
         break;
      }
   }
   if (strlen(value) >= sizeof to->needs) {
      return refuse(reader, "needs= takes each phase once, found \"%.100s\"", value);
   }
   snprintf(to->needs, sizeof to->needs, "%s", value);
   return true;
}

static bool
read_says(const struct reader *reader, struct drill_expectation *to, const char *value)
{
   if (value[0] == '\0' || strlen(value) >= sizeof to->says) {
      return refuse(reader,
                    "says= takes a word from the failure's text, at most %zu bytes; found \"%.100s\"",
                    sizeof to->says - 1,
                    value);
   }
   snprintf(to->says, sizeof to->says, "%s", value);
   return true;
}

/* A misspelt option would otherwise be taken for the reason. */
static bool
is_option(const char *word)
{
   size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz");
   return length > 0 && word[length] == '=';
}

static bool
read_option(const struct reader *reader, struct drill_expectation *to, const char *word)
{
   static const struct {
      const char *name;
      bool (*read)(const struct reader *reader, struct drill_expectation *to, const char *value);
      size_t at; /* offset of its text in the struct, empty until read */
   } options[] = {{"until=", read_until, offsetof(struct drill_expectation, until)},
                  {"needs=", read_needs, offsetof(struct drill_expectation, needs)},
                  {"says=", read_says, offsetof(struct drill_expectation, says)}};
   for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
      size_t length = strlen(options[i].name);
      if (strncmp(word, options[i].name, length) != 0) {
         continue;
      }
      if (((const char *)to)[options[i].at] != '\0') {
         return refuse(reader, "%s is given twice", options[i].name);
      }
      return options[i].read(reader, to, word + length);
   }
   return refuse(reader, "expected until=, needs= or says=, found \"%.60s\"", word);
}

static bool
read_reason(struct reader *reader, struct drill_expectation *to, const char *first)
{
   if (first[0] == '\0') {
      return refuse(reader, "the reason is missing: end the line with a ticket and a few words");
   }
   size_t length = strlen(reader->rest);
   while (length > 0 && strchr(BLANKS, reader->rest[length - 1]) != NULL) {
      reader->rest[--length] = '\0';
   }
   int written = snprintf(to->why, sizeof to->why, "%s%s%s", first, length == 0 ? "" : " ", reader->rest);
   if (written < 0 || (size_t)written >= sizeof to->why) {
      return refuse(reader, "the reason is longer than %zu bytes", sizeof to->why - 1);
   }
   return true;
}

/* HOW NAME [OPTION]... REASON */
static bool
read_expectation(struct reader *reader, struct drill_expectation *to)
{
   const char *how = next_word(reader);
   to->line = reader->line;
   to->always = strcmp(how, "always") == 0;
   if (!to->always && strcmp(how, "sometimes") != 0) {
      return refuse(reader, "expected always or sometimes, found \"%.60s\"", how);
   }
   if (!read_name(reader, to)) {
      return false;
   }
   const char *word = next_word(reader);
   for (; is_option(word); word = next_word(reader)) {
      if (!read_option(reader, to, word)) {
         return false;
      }
   }
   if (!to->always && to->until[0] == '\0') {
      return refuse(
         reader,
         "until=DATE is missing: without it a \"sometimes\" line would stay forever, because it never becomes stale");
   }
   return read_reason(reader, to, word);
}

/* Returns the first control character other than a tab, or NULL. */
static const char *
control_character(const char *line)
{
   for (; *line != '\0'; line++) {
      if (((unsigned char)*line < 0x20 && *line != '\t') || *line == 0x7f) {
         return line;
      }
   }
   return NULL;
}

static bool
read_line(struct reader *reader, char *line)
{
   struct drill_expectation found = {0};
   size_t length = strlen(line);
   if (length > 0 && line[length - 1] == '\r') {
      line[--length] = '\0';
   }
   reader->rest = line + strspn(line, BLANKS);
   if (reader->rest[0] == '\0' || reader->rest[0] == '#') {
      return true;
   }
   if (utf8_valid(line, length) != length) {
      return refuse(reader, "not valid UTF-8");
   }
   const char *control = control_character(line);
   if (control != NULL) {
      return refuse(reader, "control character in the line (byte 0x%02x)", (unsigned char)*control);
   }
   if (!read_expectation(reader, &found)) {
      return false;
   }
   if (reader->results->expectation_count == EXPECTATIONS_MAX) {
      return refuse(reader, "more than %d known failures", EXPECTATIONS_MAX);
   }
   struct drill_expectation *added = results_add_expectation(reader->results);
   if (added == NULL) {
      return refuse(reader, "out of memory");
   }
   *added = found;
   return true;
}

/* Returns NULL with error set. */
static char *
read_whole(const char *path, struct drill_error *error)
{
   FILE *file = fopen(path, "re");
   char *text = file == NULL ? NULL : calloc(1, EXPECTATIONS_FILE_MAX + 2);
   size_t length = text == NULL ? 0 : fread(text, 1, EXPECTATIONS_FILE_MAX + 1, file);
   const char *wrong = NULL;
   if (text == NULL || ferror(file) != 0) {
      wrong = strerror(errno);
   } else if (length > EXPECTATIONS_FILE_MAX) {
      wrong = "it is larger than 64 KB, too large for a list of known failures";
   } else if (memchr(text, '\0', length) != NULL) {
      wrong = "it is not a text file";
   }
   if (file != NULL) {
      fclose(file);
   }
   if (wrong != NULL) {
      drill_error_set(error, "--expect: cannot read %.250s: %s", path, wrong);
      free(text);
      return NULL;
   }
   return text;
}

int
expectations_read(struct drill_results *results, const char *path, const char *today, struct drill_error *error)
{
   char *text = read_whole(path, error);
   if (text == NULL) {
      return -1;
   }
   struct reader reader = {.results = results, .path = path, .today = today, .line = 1, .error = error};
   snprintf(results->expect_file, sizeof results->expect_file, "%s", path);
   bool good = true;
   size_t mark = strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0 ? strlen(BYTE_ORDER_MARK) : 0;
   for (char *line = text + mark; good && line != NULL; reader.line++) {
      char *end = strchr(line, '\n');
      if (end != NULL) {
         *end++ = '\0';
      }
      good = read_line(&reader, line);
      line = end;
   }
   free(text);
   return good ? 0 : -1;
}
