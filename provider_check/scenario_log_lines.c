#include "scenarios.h"

#include "guard_bytes.h"
#include "step.h"
#include "words.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 32768, LONG_BYTES = 16384, THREADS = 4, LINES = 200 };

/* Called from several threads at once. size is at most LINE_BYTES. */
static void
format_log(struct session *session, const struct faas_log_record *log_record, size_t size)
{
   struct record *record = session->record;
   char *line = malloc(LINE_BYTES + GUARD_BYTES);
   if (line == NULL) {
      return;
   }
   guard_bytes_fill(line, LINE_BYTES + GUARD_BYTES);
   record_judged(record, RULE_FORMAT_LOG);
   scripted_host_enter_format_log();
   size_t length = session->loaded.provider.format_log(session->state, log_record, line, size);
   scripted_host_leave_format_log();
   if (!guard_bytes_are_whole(line + size)) {
      record_violation(record, RULE_FORMAT_LOG, "wrote more than %zu bytes", size);
   } else if (length > size) {
      record_violation(record, RULE_FORMAT_LOG, "returned a length above %zu: %zu", size, length);
   } else if (length > 0 && words_fault(line, length) != NULL) {
      record_violation(record, RULE_FORMAT_LOG, "must be one line of UTF-8, found %s", words_fault(line, length));
   }
   free(line);
}

static void
try_sizes(struct session *session, const char *message, int64_t unix_us)
{
   static const size_t sizes[] = {LINE_BYTES, 1024, 64, 16, 1};
   for (int level = FAAS_LOG_DEBUG; level <= FAAS_LOG_ERROR; level++) {
      struct faas_log_record record = {.size = sizeof record,
                                       .level = (enum faas_log_level)level,
                                       .unix_us = unix_us,
                                       .source = level == FAAS_LOG_DEBUG ? "libmongoc" : "faas-harness",
                                       .message = message};
      for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
         format_log(session, &record, sizes[i]);
      }
   }
}

static void
try_lines(struct session *session)
{
   static char long_message[LONG_BYTES + 1];
   /* Two-byte characters at odd offsets, so that a cut may fall in the middle of one. */
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
      format_log(context, &record, 1024);
   }
   return NULL;
}

static void
try_threads(struct session *session)
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

void
scenario_log_lines(struct session *session)
{
   if (session->loaded.provider.format_log != NULL && step_open(session)) {
      try_lines(session);
      try_threads(session);
      step_stop_and_close(session);
   }
}
