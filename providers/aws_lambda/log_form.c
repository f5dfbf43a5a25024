#include "log_form.h"

#include "utf8.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct log_form
log_form_of(const char *format, const char *level)
{
   static const struct {
      const char *name;
      enum faas_log_level level;
   } levels[] = {{"TRACE", FAAS_LOG_DEBUG},
                 {"DEBUG", FAAS_LOG_DEBUG},
                 {"INFO", FAAS_LOG_INFO},
                 {"WARN", FAAS_LOG_WARNING},
                 {"ERROR", FAAS_LOG_ERROR}};
   struct log_form form = {.json = format != NULL && strcasecmp(format, "JSON") == 0, .level = FAAS_LOG_INFO};
   for (size_t i = 0; level != NULL && i < sizeof levels / sizeof levels[0]; i++) {
      if (strcasecmp(level, levels[i].name) == 0) {
         form.level = levels[i].level;
      }
   }
   form.silent = level != NULL && strcasecmp(level, "FATAL") == 0;
   return form;
}

static const char *
level_name(enum faas_log_level level)
{
   static const char *const names[] = {
      [FAAS_LOG_DEBUG] = "DEBUG", [FAAS_LOG_INFO] = "INFO", [FAAS_LOG_WARNING] = "WARN", [FAAS_LOG_ERROR] = "ERROR"};
   return names[level < FAAS_LOG_ERROR ? level : FAAS_LOG_ERROR];
}

static void
write_time(char *text, size_t size, int64_t unix_us)
{
   time_t seconds = (time_t)(unix_us / 1000000);
   struct tm utc;
   (void)gmtime_r(&seconds, &utc);
   size_t length = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &utc);
   (void)snprintf(text + length, size - length, ".%03dZ", (int)(unix_us % 1000000 / 1000));
}

/* Escapes text as in RFC 8259, section 7. Stops where the next character would not fit; the host has made the text
 * valid UTF-8. */
static size_t
append_escaped(char *line, size_t used, size_t size, const char *text)
{
   size_t start = used;
   for (const char *c = text; *c != '\0'; c++) {
      char escaped[8];
      if (*c == '"' || *c == '\\') {
         (void)snprintf(escaped, sizeof escaped, "\\%c", *c);
      } else if ((unsigned char)*c < 0x20) {
         (void)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned char)*c);
      } else {
         (void)snprintf(escaped, sizeof escaped, "%c", *c);
      }
      size_t length = strlen(escaped);
      if (used + length >= size) {
         break;
      }
      memcpy(line + used, escaped, length);
      used += length;
   }
   /* Do not end in the middle of a character. */
   used = start + utf8_valid(line + start, used - start);
   line[used] = '\0';
   return used;
}

static size_t
append(char *line, size_t used, size_t size, const char *text)
{
   int wrote = snprintf(line + used, size - used, "%s", text);
   return wrote < 0 || (size_t)wrote >= size - used ? size - 1 : used + (size_t)wrote;
}

static size_t
json_line(const char *time, const char *request_id, const struct faas_log_record *record, char *line, size_t size)
{
   static const char end[] = "\"}";
   size_t room = size - sizeof end;
   size_t name_room = room / 4;
   size_t used = append(line, 0, room, "{\"timestamp\":\"");
   used = append(line, used, room, time);
   used = append(line, used, room, "\",\"level\":\"");
   used = append(line, used, room, level_name(record->level));
   if (request_id[0] != '\0') {
      used = append(line, used, room, "\",\"requestId\":\"");
      used = append_escaped(line, used, used + name_room, request_id);
   }
   used = append(line, used, room, "\",\"logger\":\"");
   used = append_escaped(line, used, used + name_room, record->source);
   used = append(line, used, room, "\",\"message\":\"");
   used = append_escaped(line, used, room, record->message);
   return append(line, used, size, end);
}

static size_t
text_line(const char *time, const char *request_id, const struct faas_log_record *record, char *line, size_t size)
{
   int wrote = snprintf(line,
                        size,
                        "%s\t%s\t%s\t%s: %s",
                        time,
                        request_id[0] == '\0' ? "-" : request_id,
                        level_name(record->level),
                        record->source,
                        record->message);
   return wrote < 0 ? 0 : (size_t)wrote < size ? (size_t)wrote : utf8_valid(line, size - 1);
}

size_t
log_form_line(
   const struct log_form *form, const char *request_id, const struct faas_log_record *record, char *line, size_t size)
{
   char time[40];
   if (form->silent || record->level < form->level || size < 512) {
      return 0;
   }
   write_time(time, sizeof time, record->unix_us);
   return form->json ? json_line(time, request_id, record, line, size)
                     : text_line(time, request_id, record, line, size);
}
