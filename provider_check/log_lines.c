#include "log_lines.h"

#include <pthread.h>
#include <string.h>

enum { LONG_BYTES = 16384, THREADS = 4, LINES = 200 };

static void
try_sizes(struct session *session, const char *message, int64_t unix_us)
{
   static const size_t sizes[] = {SESSION_LINE_MAX, 1024, 64, 16, 1};
   for (int level = FAAS_LOG_DEBUG; level <= FAAS_LOG_ERROR; level++) {
      struct faas_log_record record = {.size = sizeof record,
                                       .level = (enum faas_log_level)level,
                                       .unix_us = unix_us,
                                       .source = level == FAAS_LOG_DEBUG ? "libmongoc" : "faas-harness",
                                       .message = message};
      for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
         session_format_log(session, &record, sizes[i]);
      }
   }
}

void
log_lines_try(struct session *session)
{
   static char long_message[LONG_BYTES + 1];
   /* Characters of two bytes at odd places, to be cut in the middle. */
   memset(long_message, 'x', LONG_BYTES);
   for (size_t i = 1; i + 2 <= LONG_BYTES; i += 2) {
      memcpy(long_message + i, i % 64 == 1 ? "\"\\" : "\xc3\xa9", 2);
   }
   session->record->callback = CALL_FORMAT_LOG;
   try_sizes(session, "a line", 1700000000123456);
   try_sizes(session, "", 0);
   try_sizes(session, "100% \"quoted\" \\ \xf0\x9f\x8d\x83 %s%n", 253402300799999999);
   try_sizes(session, long_message, 1700000000123456);
   session->record->callback = CALL_NONE;
}

static void *
log_many(void *context)
{
   struct faas_log_record record = {.size = sizeof record,
                                    .level = FAAS_LOG_ERROR,
                                    .unix_us = 1700000000123456,
                                    .source = "libmongoc",
                                    .message = "a line of a thread of the driver's"};
   for (int i = 0; i < LINES; i++) {
      session_format_log(context, &record, 1024);
   }
   return NULL;
}

void
log_lines_try_threads(struct session *session)
{
   pthread_t threads[THREADS];
   size_t count = 0;
   session->record->callback = CALL_FORMAT_LOG;
   while (count < THREADS && pthread_create(&threads[count], NULL, log_many, session) == 0) {
      count++;
   }
   while (count > 0) {
      (void)pthread_join(threads[--count], NULL);
   }
   session->record->callback = CALL_NONE;
}
