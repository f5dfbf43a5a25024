#include "record.h"

#include "utf8.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what any thread reports */

struct record *
record_new(void)
{
   void *memory = mmap(NULL, sizeof(struct record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
   return memory == MAP_FAILED ? NULL : memory;
}

void
record_destroy(struct record *record)
{
   if (record != NULL) {
      (void)munmap(record, sizeof *record);
   }
}

void
record_begin_scenario(struct record *record, const char *name)
{
   (void)snprintf(record->scenario, sizeof record->scenario, "%s", name);
   record->callback = CALL_NONE;
   record->stop_requested = false;
   record->finished = false;
   record->swept = false;
   record->remark[0] = '\0';
}

void
record_judged(struct record *record, enum rule rule)
{
   (void)pthread_mutex_lock(&lock);
   record->judged[rule] = true;
   (void)pthread_mutex_unlock(&lock);
}

static struct violation *
find(struct record *record, const struct violation *like)
{
   for (unsigned i = 0; i < record->violation_count; i++) {
      struct violation *known = &record->violations[i];
      if (known->rule == like->rule && known->callback == like->callback && strcmp(known->found, like->found) == 0) {
         return known;
      }
   }
   return NULL;
}

void
record_violation(struct record *record, enum rule rule, const char *format, ...)
{
   struct violation violation = {.rule = rule, .callback = record->callback, .times = 1};
   if (rule == RULE_FORMAT_LOG) {
      violation.callback = CALL_FORMAT_LOG; /* format_log runs beside other callbacks */
   }
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(violation.found, sizeof violation.found, format, arguments);
   va_end(arguments);
   /* The text may quote the provider. */
   utf8_make_one_line(violation.found);
   memcpy(violation.scenario, record->scenario, sizeof violation.scenario);
   (void)pthread_mutex_lock(&lock);
   record->judged[rule] = true;
   struct violation *known = find(record, &violation);
   if (known != NULL) {
      known->times++;
   } else if (record->violation_count < RECORD_VIOLATIONS_MAX) {
      record->violations[record->violation_count++] = violation;
   } else {
      record->violations_left_out++;
   }
   (void)pthread_mutex_unlock(&lock);
}

void
record_skipped(struct record *record, enum rule rule, const char *format, ...)
{
   if (record->skipped[rule][0] == '\0') {
      va_list arguments;
      va_start(arguments, format);
      (void)vsnprintf(record->skipped[rule], sizeof record->skipped[rule], format, arguments);
      va_end(arguments);
   }
}

unsigned
record_violations_of(const struct record *record, enum rule rule)
{
   unsigned count = 0;
   for (unsigned i = 0; i < record->violation_count; i++) {
      count += record->violations[i].rule == rule;
   }
   return count;
}
