#include "log.h"

#include "redact.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

/* The driver's log handler and the providers' threads have no other way to reach these. */
static enum faas_log_level threshold = FAAS_LOG_INFO;
static const struct redactor *secrets;

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
      break;
   }
   return "error";
}

/* A message is one line, whatever a driver or a provider put into it. */
static void
flatten(char *text)
{
   for (char *c = text; *c != '\0'; c++) {
      if ((unsigned char)*c < 0x20 || *c == 0x7f) {
         *c = ' ';
      }
   }
}

void
log_line(enum faas_log_level level, const char *source, const char *format, ...)
{
   if (level < threshold) {
      return;
   }
   char message[LINE_MAX_BYTES];
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(message, sizeof message, format, arguments);
   va_end(arguments);
   redactor_apply(secrets, message);
   flatten(message);

   struct timespec now;
   struct tm utc;
   (void)clock_gettime(CLOCK_REALTIME, &now);
   (void)gmtime_r(&now.tv_sec, &utc);
   char line[LINE_MAX_BYTES + 128];
   size_t length = strftime(line, sizeof line, "%H:%M:%S", &utc);
   int more = snprintf(line + length,
                       sizeof line - length,
                       ".%03ldZ %s %s: %s\n",
                       now.tv_nsec / 1000000,
                       level_name(level),
                       source,
                       message);
   if (more > 0) {
      length += (size_t)more < sizeof line - length ? (size_t)more : sizeof line - length - 1;
      /* Nothing sensible is left to do where even stderr can't be written. */
      ssize_t written = write(STDERR_FILENO, line, length);
      (void)written;
   }
}
