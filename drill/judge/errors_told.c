/* A failure that the function hides from the platform, so that no alarm goes off and the event is not retried. */
#include "judge.h"

#include <stdio.h>
#include <string.h>

#define DUPLICATE_KEY 11000

/* Whether functions send the command for their caller, not drivers for themselves. */
static bool
is_operation(const struct witness_command *command)
{
   static const char *const names[] = {
      "insert", "update", "delete", "findAndModify", "bulkWrite", "find", "aggregate", "count", "distinct", "getMore"};
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      if (strcmp(command->name, names[i]) == 0) {
         return true;
      }
   }
   return false;
}

/* Whether a later command of that name succeeded: a retry, or a new attempt by the function. */
static bool
went_well_later(const struct witness_facts *facts, size_t index, int64_t until_us)
{
   const struct witness_command *failed = &facts->commands[index];
   for (size_t i = index + 1; i < facts->command_count && facts->commands[i].start_us <= until_us; i++) {
      if (facts->commands[i].outcome == WITNESS_OK && strcmp(facts->commands[i].name, failed->name) == 0) {
         return true;
      }
   }
   return false;
}

static bool
find_hidden(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *command = &facts->commands[i];
      if (!is_operation(command) || (command->outcome != WITNESS_ERROR && command->outcome != WITNESS_NO_REPLY) ||
          command->error_code == DUPLICATE_KEY) {
         continue;
      }
      const struct judge_invocation *during = judge_invocation_at(seen, command->start_us);
      if (during == NULL || !during->alone || !during->passed || went_well_later(facts, i, during->end_us)) {
         continue;
      }
      char error[64] = "got no reply";
      if (command->outcome == WITNESS_ERROR) {
         (void)snprintf(error, sizeof error, "failed with %d %s", command->error_code, command->error_name);
      }
      finding_fail(finding,
                   "an invocation of %s reported success, although its %s on %s %s",
                   during->name,
                   command->name,
                   command->collection,
                   error);
      return true;
   }
   return false;
}

void
rule_errors_told(const struct judge_case *seen, struct finding *finding)
{
   unsigned long server_errors = 0, answered = 0;
   int example = 0;
   for (size_t i = 0; i < seen->invocation_count; i++) {
      const struct judge_invocation *one = &seen->invocations[i];
      answered += one->passed ? 1 + one->more : one->more - one->more_failed;
      if (one->passed && one->status_code >= 500) {
         server_errors++;
         example = one->status_code;
      }
   }
   if (server_errors > 0) {
      finding_fail(
         finding,
         "%lu of %lu successful answers have statusCode %d: %s counts them as successes, so no alarm goes off",
         server_errors,
         answered,
         example,
         seen->platform);
   } else if (!find_hidden(seen, finding)) {
      finding_set(finding,
                  answered > 0 ? JUDGE_PASS : JUDGE_SKIPPED,
                  "%lu successful answer%s, none hides a failed command",
                  answered,
                  plural(answered));
   }
}
