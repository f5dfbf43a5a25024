#include "call.h"

#include "process_state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Only one call is watched at a time, by the one thread that makes calls. */
static struct variables variables;
static off_t written;

static off_t
stdout_size(void)
{
   (void)fflush(stdout);
   return lseek(STDOUT_FILENO, 0, SEEK_END);
}

void
call_begin(struct record *record, enum callback callback)
{
   variables_take(&variables);
   written = stdout_size();
   record->callback = callback;
}

static void
judge_variables(struct record *record)
{
   const char *changed = variables_changed(&variables);
   bool may = record->callback == CALL_OPEN || record->callback == CALL_CLOSE;
   record_judged(record, RULE_ENVIRONMENT);
   if (!may && changed != NULL) {
      record_violation(record,
                       RULE_ENVIRONMENT,
                       "an environment variable was changed here: %.*s",
                       (int)strcspn(changed, "="),
                       changed);
   }
}

static void
judge_stdout(struct record *record, bool may)
{
   off_t now = stdout_size();
   record_judged(record, RULE_STDOUT);
   if (now != written && !may) {
      record_violation(record, RULE_STDOUT, "%lld bytes were written to stdout here", (long long)(now - written));
   }
}

void
call_end(struct record *record, bool answers)
{
   judge_variables(record);
   judge_stdout(record, answers);
   record->callback = CALL_NONE;
}
