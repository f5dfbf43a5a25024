/* An error that a driver is to try again after, and whether it did: also one that is met before a command can be sent,
 * as PyMongo 4.20.1 does, which tries four connections in a row to a primary that is down, and looks at no server in
 * between. */
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

/* Connections to one member that were refused one after the other, while no hello came to any. */
struct row {
   unsigned long count;
   const struct witness_refusal *first;
};

static bool
hello_came(const struct witness_facts *facts, size_t *next, int64_t until_us)
{
   bool came = false;
   for (; *next < facts->hello_count && facts->hellos[*next].start_us <= until_us; (*next)++) {
      came = true;
   }
   return came;
}

/* The longest. */
static struct row
find_row(const struct witness_facts *facts, int64_t from_us, int64_t until_us)
{
   struct row longest = {0}, row = {0};
   size_t next_hello = 0;
   for (size_t i = 0; i < facts->refusal_count && facts->refusals[i].at_us <= until_us; i++) {
      const struct witness_refusal *one = &facts->refusals[i];
      bool looked = hello_came(facts, &next_hello, one->at_us);
      if (one->at_us < from_us) {
         continue;
      }
      if (row.count == 0 || looked || row.first->member != one->member) {
         row = (struct row){.first = one};
      }
      row.count++;
      longest = row.count > longest.count ? row : longest;
   }
   return longest;
}

static void
describe_row(const struct row *row, char *text, size_t size)
{
   (void)snprintf(text,
                  size,
                  "%lu connection%s in a row to 127.0.0.1:%u, which was down, %s refused, with no hello in between",
                  row->count,
                  plural(row->count),
                  row->first->member_port,
                  row->count == 1 ? "was" : "were");
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
tell_missing(const struct judge_case *seen,
             const struct witness_command *command,
             const struct judge_invocation *during,
             struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   bool known = command->connection < facts->connection_count;
   char error[64] = "got no reply", refused[200] = "";
   if (command->outcome == WITNESS_ERROR) {
      (void)snprintf(error, sizeof error, "failed with %d %s", command->error_code, command->error_name);
   }
   const struct row row = find_row(facts, command->end_us, during->end_us);
   if (row.count > 0) {
      (void)snprintf(refused, sizeof refused, "; then ");
      describe_row(&row, refused + strlen(refused), sizeof refused - strlen(refused));
   }
   finding_set(finding,
               JUDGE_FAIL,
               "%s was sent once, to 127.0.0.1:%u over port %u, %s, and was not tried again: %s%s",
               command->name,
               known ? facts->connections[command->connection].member_port : 0u,
               known ? facts->connections[command->connection].client_port : 0u,
               error,
               reason(seen, command),
               refused);
}

/* True when one was not tried again, though its invocation failed. */
static bool
judge_commands(const struct judge_case *seen, unsigned long *errors, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *command = &facts->commands[i];
      const struct judge_invocation *during = judge_invocation_at(seen, command->start_us);
      if (during == NULL || !during->alone || !command->retryable_error || command->outcome == WITNESS_PENDING ||
          (!command->is_write && !command->is_read)) {
         continue;
      }
      /* Once is enough (Retryable Writes, "Executing Retryable Write Commands"). */
      if (command->attempt > 1) {
         continue;
      }
      (*errors)++;
      if (!was_tried_again(facts, i, during->end_us) && !during->passed) {
         tell_missing(seen, command, during, finding);
         return true;
      }
   }
   return false;
}

/* When the invocation's newest command began; its start: none came. */
static int64_t
last_command_us(const struct witness_facts *facts, const struct judge_invocation *during)
{
   int64_t last_us = during->start_us;
   for (size_t i = 0; i < facts->command_count && facts->commands[i].start_us <= during->end_us; i++) {
      last_us = facts->commands[i].start_us > last_us ? facts->commands[i].start_us : last_us;
   }
   return last_us;
}

/* True when an invocation failed for connections that were refused again and again, and sent nothing any more. One
 * alone may be a monitor's. */
static bool
judge_refusals(const struct judge_case *seen, struct finding *finding)
{
   for (size_t i = 0; i < seen->invocation_count; i++) {
      const struct judge_invocation *one = &seen->invocations[i];
      if (one->passed || !one->alone) {
         continue;
      }
      int64_t from_us = last_command_us(seen->facts, one);
      const struct row row = find_row(seen->facts, from_us, one->end_us);
      if (row.count >= 2) {
         char refused[200];
         describe_row(&row, refused, sizeof refused);
         finding_set(
            finding,
            JUDGE_FAIL,
            "an invocation of %s that failed sent no %scommand: %s: the driver did not look for another server",
            one->name,
            from_us == one->start_us ? "" : "further ",
            refused);
         return true;
      }
   }
   return false;
}

void
rule_retries(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   unsigned long errors = 0;
   char refused[120] = "";
   if (judge_commands(seen, &errors, finding) || judge_refusals(seen, finding)) {
      return;
   }
   if (!facts->sees_refused) {
      (void)snprintf(refused, sizeof refused, "; refused connections were not seen, which needs CAP_NET_RAW");
   } else if (facts->counts.refused > 0) {
      (void)snprintf(refused,
                     sizeof refused,
                     "; %lu connection%s to members that were down",
                     facts->counts.refused,
                     plural(facts->counts.refused));
   }
   if (errors == 0) {
      finding_set(
         finding, JUDGE_SKIPPED, "no retryable error reached the driver (outage and failover bring some)%s", refused);
   } else {
      finding_set(finding, JUDGE_PASS, "%lu retryable error%s, each tried again%s", errors, plural(errors), refused);
   }
}
