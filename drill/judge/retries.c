/* Whether a driver retried after a retryable error, including errors before a command could be sent: PyMongo 4.20.1
 * tries four connections in a row to a primary that is down, without checking any server in between. */
#include "judge.h"

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

/* The attempt after this one; NULL: none. */
static const struct witness_command *
find_next(const struct witness_facts *facts, const struct witness_command *command, int64_t until_us)
{
   const struct witness_command *end = facts->commands + facts->command_count;
   for (const struct witness_command *next = command + 1; next < end && next->start_us <= until_us; next++) {
      if (is_same_operation(command, next)) {
         return next;
      }
   }
   return NULL;
}

/* Writes where the command was sent, and how it ended. */
static void
describe(const struct witness_facts *facts, const struct witness_command *command, char *text, size_t size)
{
   bool known = command->connection < facts->connection_count;
   char error[64] = "";
   if (command->outcome == WITNESS_ERROR) {
      (void)snprintf(error, sizeof error, ", failed with %d %s", command->error_code, command->error_name);
   } else if (command->outcome == WITNESS_NO_REPLY) {
      (void)snprintf(error, sizeof error, ", got no reply");
   }
   (void)snprintf(text,
                  size,
                  "to 127.0.0.1:%u over port %u%s",
                  known ? facts->connections[command->connection].member_port : 0u,
                  known ? facts->connections[command->connection].client_port : 0u,
                  error);
}

/* Consecutive refused connections to one member, without a hello to any member. */
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

/* The longest series in that time. */
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
      if (row.count == 0 || looked || row.first->member_port != one->member_port) {
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
   if (strcasestr(seen->uri_options, command->is_write ? "retryWrites=false" : "retryReads=false") != NULL) {
      return command->is_write ? "retryWrites=false in the URI forbids it" : "retryReads=false in the URI forbids it";
   }
   if (command->is_write && !command->numbered) {
      return "it has no txnNumber, so the driver must not: the function turns retryWrites off, or writes to many "
             "documents";
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
   char sent[120], refused[200] = "";
   describe(facts, command, sent, sizeof sent);
   const struct row row = find_row(facts, command->end_us, during->end_us);
   if (row.count > 0) {
      (void)snprintf(refused, sizeof refused, "; then ");
      describe_row(&row, refused + strlen(refused), sizeof refused - strlen(refused));
   }
   finding_fail(
      finding, "%s was sent once, %s, and was not retried: %s%s", command->name, sent, reason(seen, command), refused);
}

/* Counts retryable errors. Keeps both attempts at one of them as an example, preferably in an invocation that failed
 * nevertheless. */
struct retried {
   unsigned long count;
   unsigned long again;
   const struct witness_command *first;
   const struct witness_command *second;
   bool lost;
};

static void
add_retried(struct retried *retried,
            const struct witness_command *first,
            const struct witness_command *second,
            const struct judge_invocation *during)
{
   retried->count++;
   retried->again += second != NULL ? 1 : 0;
   if (second != NULL && (retried->first == NULL || (!during->passed && !retried->lost))) {
      retried->first = first;
      retried->second = second;
      retried->lost = !during->passed;
   }
}

/* Returns true, with the finding set, if a command was not retried and its invocation failed. */
static bool
judge_commands(const struct judge_case *seen, struct retried *retried, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *command = &facts->commands[i];
      if (!command->retryable_error || command->outcome == WITNESS_PENDING ||
          (!command->is_write && !command->is_read)) {
         continue;
      }
      const struct judge_invocation *during = judge_invocation_at(seen, command->start_us);
      if (during == NULL || !during->alone || during->excused) {
         continue;
      }
      /* The invocation had ended, for example by its time limit, before anybody knew of the error. */
      if (command->end_us > during->end_us) {
         continue;
      }
      /* One retry is enough (Retryable Writes, "Executing Retryable Write Commands"). */
      if (command->attempt > 1) {
         continue;
      }
      const struct witness_command *next = find_next(facts, command, during->end_us);
      add_retried(retried, command, next, during);
      if (next == NULL && !during->passed) {
         tell_missing(seen, command, during, finding);
         return true;
      }
   }
   return false;
}

/* When the newest command of the invocation began; the invocation's start if none came. */
static int64_t
last_command_us(const struct witness_facts *facts, const struct judge_invocation *during)
{
   int64_t last_us = during->start_us;
   for (size_t i = 0; i < facts->command_count && facts->commands[i].start_us <= during->end_us; i++) {
      last_us = facts->commands[i].start_us > last_us ? facts->commands[i].start_us : last_us;
   }
   return last_us;
}

/* Returns true, with the finding set, if an invocation failed after at least two refused connections in a row, and sent
 * nothing more. A single one may be a monitor's. */
static bool
judge_refusals(const struct judge_case *seen, struct finding *finding)
{
   for (size_t i = 0; i < seen->invocation_count; i++) {
      const struct judge_invocation *one = &seen->invocations[i];
      if (one->passed || one->excused || !one->alone) {
         continue;
      }
      int64_t from_us = last_command_us(seen->facts, one);
      const struct row row = find_row(seen->facts, from_us, one->end_us);
      if (row.count >= 2) {
         char refused[200];
         describe_row(&row, refused, sizeof refused);
         finding_fail(finding,
                      "a failed invocation of %s sent no %scommand: %s: the driver did not select another server",
                      one->name,
                      from_us == one->start_us ? "" : "further ",
                      refused);
         return true;
      }
   }
   return false;
}

static void
tell_retried(const struct witness_facts *facts,
             const struct retried *retried,
             const char *refused,
             struct finding *finding)
{
   char first[120] = "", second[120] = "", example[300] = "", again[96] = "each retried";
   if (retried->again < retried->count) {
      (void)snprintf(again, sizeof again, "%lu retried, the others in invocations that passed", retried->again);
   }
   if (retried->first != NULL) {
      describe(facts, retried->first, first, sizeof first);
      describe(facts, retried->second, second, sizeof second);
      (void)snprintf(example, sizeof example, ", for example %s: %s, then %s", retried->first->name, first, second);
   }
   finding_pass(
      finding, "%lu retryable error%s, %s%s%s", retried->count, plural(retried->count), again, example, refused);
}

void
rule_retries(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   struct retried retried = {0};
   char refused[120] = "";
   if (judge_commands(seen, &retried, finding) || judge_refusals(seen, finding)) {
      return;
   }
   if (!facts->counts.sees_refused) {
      (void)snprintf(refused, sizeof refused, "; refused connections cannot be seen without CAP_NET_RAW");
   } else if (facts->counts.refused > 0) {
      (void)snprintf(refused,
                     sizeof refused,
                     "; %lu connection%s to members that were down",
                     facts->counts.refused,
                     plural(facts->counts.refused));
   }
   if (retried.count == 0) {
      finding_skip(finding, "no retryable error reached the driver (outage and failover cause some)%s", refused);
   } else {
      tell_retried(facts, &retried, refused, finding);
   }
}
