#include "log.h"

#include "clock.h"
#include "redact.h"
#include "utf8.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

/* Global, because the driver's log handler and the providers' threads cannot reach these in any other way. */
static enum faas_log_level threshold = FAAS_LOG_INFO;
static const struct redactor *secrets;
static pthread_mutex_t form_lock = PTHREAD_MUTEX_INITIALIZER;
static const struct faas_provider *form_provider;
static void *form_state;
static bool form_level_counts;

void
log_configure(enum faas_log_level level, const struct redactor *redactor)
{
   threshold = level;
   secrets = redactor;
}

static const char *
level_name(enum faas_log_level level)
{
   switch (level) {
   case FAAS_LOG_DEBUG:
      return "debug";
   case FAAS_LOG_INFO:
      return "info";
   case FAAS_LOG_WARNING:
      return "warning";
   case FAAS_LOG_ERROR:
   default:
      return "error";
   }
}

/* Text from a driver or a provider may have been cut in the middle of a character. */
static void
clean(char *text)
{
   redactor_apply(secrets, text);
   utf8_make_one_line(text);
}

static size_t
plain_line(const struct faas_log_record *record, char *line, size_t size)
{
   time_t seconds = (time_t)(record->unix_us / 1000000);
   struct tm utc;
   (void)gmtime_r(&seconds, &utc);
   size_t length = strftime(line, size, "%H:%M:%S", &utc);
   int more = snprintf(line + length,
                       size - length,
                       ".%03dZ %s %s: %s",
                       (int)(record->unix_us % 1000000 / 1000),
                       level_name(record->level),
                       record->source,
                       record->message);
   if (more < 0) {
      return length;
   }
   return (size_t)more < size - length ? length + (size_t)more : size - 1;
}

void
log_set_form(const struct faas_provider *provider, void *state, bool level_counts)
{
   (void)pthread_mutex_lock(&form_lock);
   form_provider = provider != NULL && provider->format_log != NULL ? provider : NULL;
   form_state = state;
   form_level_counts = level_counts;
   (void)pthread_mutex_unlock(&form_lock);
}

static size_t
make_line(const struct faas_log_record *record, char *line, size_t size)
{
   size_t length = 0;
   (void)pthread_mutex_lock(&form_lock);
   bool left_out = record->level < threshold && (form_provider == NULL || form_level_counts);
   if (!left_out) {
      length = form_provider == NULL ? plain_line(record, line, size)
                                     : form_provider->format_log(form_state, record, line, size);
   }
   (void)pthread_mutex_unlock(&form_lock);
   /* Do not trust the length that a provider returns. */
   return length < size ? length : 0;
}

void
log_line(enum faas_log_level level, const char *source, const char *format, ...)
{
   char message[LINE_MAX_BYTES];
   char line[LINE_MAX_BYTES + 1024];
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(message, sizeof message, format, arguments);
   va_end(arguments);
   clean(message);
   struct faas_log_record record = {
      .size = sizeof record, .level = level, .unix_us = clock_unix_us(), .source = source, .message = message};
   size_t length = make_line(&record, line, sizeof line - 1);
   if (length > 0) {
      line[length] = '\n';
      /* If even stderr cannot be written, nothing sensible is left to do. */
      ssize_t written = write(STDERR_FILENO, line, length + 1);
      (void)written;
   }
}

void
log_error(const char *source, const struct faas_error *error)
{
   /* The message may end within a secret, so clean it before anything is appended. */
   struct faas_error cleaned = *error;
   clean(cleaned.message);
   log_line(FAAS_LOG_ERROR, source, "%s [%s]", cleaned.message, cleaned.type);
}
