#include "outcome.h"

#include "words.h"

#include <string.h>

void
outcome_error_init(struct outcome_error *error)
{
   memset(&error->error, 0, sizeof error->error);
   guard_bytes_fill(error->guard, sizeof error->guard);
}

static bool
may_return(enum callback callback, int value)
{
   return value == FAAS_OK || value == FAAS_ERROR ||
          (callback == CALL_NEXT && (value == FAAS_END || value == FAAS_REJECTED));
}

static void
judge_error(struct record *record, const struct faas_error *error)
{
   const char *fault = words_error_fault(error);
   record_judged(record, RULE_ERRORS);
   if (fault != NULL) {
      record_violation(record,
                       RULE_ERRORS,
                       "an error must have a type and a message of one line of UTF-8, found %s: [%.64s] %.100s",
                       fault,
                       error->type,
                       error->message);
   }
}

enum faas_result
outcome_judge(struct record *record,
              enum callback callback,
              enum faas_result result,
              const struct outcome_error *error,
              bool *misbehaved)
{
   int value = (int)result;
   record->callback = callback;
   record_judged(record, RULE_RESULTS);
   guard_bytes_judge(record, error->guard, "struct faas_error");
   *misbehaved = !may_return(callback, value);
   if (*misbehaved) {
      record_violation(record,
                       RULE_RESULTS,
                       "must return FAAS_OK%s or FAAS_ERROR, found %d",
                       callback == CALL_NEXT ? ", FAAS_END, FAAS_REJECTED" : "",
                       value);
      result = FAAS_ERROR;
   } else if (value == FAAS_ERROR || value == FAAS_REJECTED) {
      judge_error(record, &error->error);
   }
   if (result == FAAS_ERROR) {
      (void)memcpy(record->remark, error->error.message, sizeof record->remark - 1);
   }
   record->callback = CALL_NONE;
   return result;
}
