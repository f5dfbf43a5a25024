/* An error that a driver is to try again after, and whether it did. */
#include "rules.h"

#include <stdio.h>
#include <string.h>

static bool
is_same_operation(const struct witness_command *first, const struct witness_command *next)
{
   if (first->numbered) {
      return next->numbered && first->transaction_number == next->transaction_number &&
             memcmp(first->session, next->session, WITNESS_SESSION_BYTES) == 0;
   }
   return strcmp(first->name, next->name) == 0 && strcmp(first->collection, next->collection) == 0;
}

static bool
was_tried_again(const struct witness_facts *facts, size_t index, int64_t until_us)
{
   for (size_t i = index + 1; i < facts->command_count && facts->commands[i].start_us <= until_us; i++) {
      if (is_same_operation(&facts->commands[index], &facts->commands[i])) {
         return true;
      }
   }
   return false;
}

static const char *
reason(const struct judge_case *seen, const struct witness_command *command)
{
   if (strstr(seen->uri_options, command->is_write ? "retryWrites=false" : "retryReads=false") != NULL) {
      return command->is_write ? "retryWrites=false in the URI forbids it" : "retryReads=false in the URI forbids it";
   }
   if (command->is_write && !command->numbered) {
      return "it has no txnNumber: retryWrites is off, or the write is for many documents";
   }
   return "the driver should have";
}

static void
tell_missing(const struct judge_case *seen, const struct witness_command *command, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   bool known = command->connection < facts->connection_count;
   char error[64] = "got no reply";
   if (command->outcome == WITNESS_ERROR) {
      (void)snprintf(error, sizeof error, "failed with %d %s", command->error_code, command->error_name);
   }
   finding_set(finding,
               JUDGE_FAIL,
               "%s was sent once, to 127.0.0.1:%u over port %u, %s, and was not tried again: %s",
               command->name,
               known ? facts->connections[command->connection].member_port : 0u,
               known ? facts->connections[command->connection].client_port : 0u,
               error,
               reason(seen, command));
}

void
rule_retries(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   unsigned long errors = 0;
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *command = &facts->commands[i];
      const struct judge_invocation *during = judge_invocation_at(seen, command->start_us);
      if (during == NULL || !during->alone || during->excused || !command->retryable_error ||
          command->outcome == WITNESS_PENDING || (!command->is_write && !command->is_read)) {
         continue;
      }
      /* Once is enough (Retryable Writes, "Executing Retryable Write Commands"). */
      if (command->attempt > 1) {
         continue;
      }
      errors++;
      if (!was_tried_again(facts, i, during->end_us) && !during->passed) {
         tell_missing(seen, command, finding);
         return;
      }
   }
   if (errors == 0) {
      finding_set(finding, JUDGE_SKIPPED, "no retryable error reached the driver (outage and failover bring some)");
   } else {
      finding_set(finding, JUDGE_PASS, "%lu retryable error%s, each tried again", errors, plural(errors));
   }
}
