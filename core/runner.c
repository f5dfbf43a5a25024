#include "runner.h"

#include "error.h"
#include "invocation.h"

#include <string.h>

/* What a provider hands out is checked before anyone uses it. */
static bool
check_invocation(const struct runner *runner, const struct faas_invocation *invocation, struct faas_error *error)
{
   const char *found = NULL;
   if (invocation->id == NULL || invocation->id[0] == '\0') {
      found = "one without an id";
   } else if (invocation->payload == NULL && invocation->payload_length > 0) {
      found = "one with a payload length but no payload";
   } else if (invocation->attributes == NULL && invocation->attribute_count > 0) {
      found = "one with a number of attributes but no attributes";
   }
   if (found != NULL) {
      faas_error_set(error,
                     "Provider.BadInvocation",
                     "provider %s: expected an invocation from next, found %s",
                     runner->provider->name,
                     found);
   }
   return found == NULL;
}

/* A result that is none of enum faas_result, or not one of this callback's. */
static enum faas_result
check_result(const struct runner *runner, const char *callback, enum faas_result result, struct faas_error *error)
{
   if (result == FAAS_ERROR && error->type[0] == '\0') {
      faas_error_set(error,
                     "Provider.Failed",
                     "provider %s: expected a reason for the failure of %s, found none",
                     runner->provider->name,
                     callback);
   }
   bool is_next = strcmp(callback, "next") == 0;
   if (result == FAAS_OK || result == FAAS_ERROR || (is_next && (result == FAAS_END || result == FAAS_REJECTED))) {
      return result;
   }
   faas_error_set(error,
                  "Provider.BadResult",
                  "provider %s: expected a result of enum faas_result from %s, found %d",
                  runner->provider->name,
                  callback,
                  (int)result);
   return FAAS_ERROR;
}

static enum faas_result
answer_failure(const struct runner *runner,
               const struct faas_invocation *invocation,
               const struct outcome *outcome,
               struct faas_error *error)
{
   struct faas_failure failure = {.size = sizeof failure,
                                  .type = outcome->failure.type,
                                  .message = outcome->failure.message,
                                  .report = outcome->report,
                                  .report_length = outcome->report == NULL ? 0 : strlen(outcome->report)};
   return check_result(runner, "fail", runner->provider->fail(runner->state, invocation, &failure, error), error);
}

static enum faas_result
answer(const struct runner *runner,
       const struct faas_invocation *invocation,
       struct runner_tally *tally,
       struct faas_error *error)
{
   if (runner->invoker == NULL) {
      enum faas_result result =
         runner->provider->respond(runner->state, invocation, invocation->payload, invocation->payload_length, error);
      result = check_result(runner, "respond", result, error);
      *(result == FAAS_OK ? &tally->good : &tally->failed) += 1;
      return result;
   }
   struct outcome outcome;
   enum faas_result result = FAAS_OK;
   invoker_run(runner->invoker, invocation, &outcome);
   if (outcome.passed) {
      result = check_result(
         runner,
         "respond",
         runner->provider->respond(runner->state, invocation, outcome.report, strlen(outcome.report), error),
         error);
   } else {
      result = answer_failure(runner, invocation, &outcome, error);
   }
   *(outcome.passed && result == FAAS_OK ? &tally->good : &tally->failed) += 1;
   outcome_clear(&outcome);
   return result;
}

bool
runner_run(const struct runner *runner, struct runner_tally *tally, struct faas_error *error)
{
   memset(tally, 0, sizeof *tally);
   for (;;) {
      struct faas_invocation invocation = {.size = sizeof invocation, .deadline_unix_ms = FAAS_NO_DEADLINE};
      faas_error_clear(error);
      enum faas_result result = runner->provider->next(runner->state, &invocation, error);
      result = check_result(runner, "next", result, error);
      if (result == FAAS_OK) {
         result = check_invocation(runner, &invocation, error) ? answer(runner, &invocation, tally, error) : FAAS_ERROR;
      } else if (result == FAAS_REJECTED) {
         tally->failed++;
      } else if (result == FAAS_END) {
         return true;
      }
      if (result == FAAS_ERROR) {
         return false;
      }
   }
}
