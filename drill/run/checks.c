#include "checks.h"

#include "expectations.h"
#include "judge.h"
#include "record_match.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Where faas-harness's scenario writes (docs/assertions.md). */
#define DATABASE "faas"
#define COLLECTION "lambda"

/* A pool with a minPoolSize fills only while its process runs, so over several invocations, and each member gets
 * connections of its own when it becomes primary. Both are over by half of the invocations, except for a few rises. */
#define RISES_OF_A_POOL 3

/* For each member a pool has a connection per invocation open at once, one for its monitor and one to measure round
 * trips. Without a pool, each invocation has a client of its own. */
static unsigned
most_for_a_member(const struct drill *drill, bool single)
{
   unsigned at_once = drill->options->concurrency > 1 ? drill->options->concurrency : 1;
   return single ? at_once : at_once + 2;
}

static const char *const own_names[] = {"record_matches", "connections_steady", "no_cpu_while_frozen", "protocol_kept"};

const char *
checks_name(size_t index)
{
   if (index < judge_rule_count) {
      return judge_rules[index].name;
   }
   index -= judge_rule_count;
   return index < sizeof own_names / sizeof own_names[0] ? own_names[index] : NULL;
}

static struct drill_check *
add(struct drill *drill, const char *name)
{
   struct drill_check *check = results_add_check(drill->results);
   if (check != NULL) {
      snprintf(check->name, sizeof check->name, "%s", name);
   }
   return check;
}

static void say(struct drill_check *check, enum drill_verdict verdict, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

/* check is NULL when out of memory. */
static void
say(struct drill_check *check, enum drill_verdict verdict, const char *format, ...)
{
   if (check != NULL) {
      va_list arguments;
      va_start(arguments, format);
      vsnprintf(check->detail, sizeof check->detail, format, arguments);
      va_end(arguments);
      check->verdict = verdict;
   }
}

/* Removes writes to other collections, in which a function may write and leave what it likes. */
static size_t
keep_own(struct witness_write *writes, size_t count)
{
   size_t kept = 0;
   for (size_t i = 0; i < count; i++) {
      if (strcmp(writes[i].collection, DATABASE "." COLLECTION) == 0) {
         writes[kept++] = writes[i];
      }
   }
   return kept;
}

static bool
has_reports(const struct drill_results *results)
{
   for (size_t i = 0; i < results->invocation_count; i++) {
      if (results->invocations[i].has_report) {
         return true;
      }
   }
   return false;
}

static void
check_record(struct drill *drill, struct front *front)
{
   struct drill_check *check = add(drill, "record_matches");
   if (front == NULL) {
      say(check, DRILL_SKIPPED, "needs the emulated replica set (--server)");
      return;
   }
   if (!has_reports(drill->results)) {
      say(check, DRILL_SKIPPED, "the function's answers are not faas-harness reports");
      return;
   }
   char detail[400] = "";
   size_t count;
   bool complete;
   struct witness_write *writes = front_writes(front, &count, &complete);
   if (!complete) {
      free(writes);
      say(check, DRILL_SKIPPED, "there were more writes than the record holds");
      return;
   }
   count = keep_own(writes, count);
   bool good = record_match(writes, count, drill->results, timeline_origin_us(drill->timeline), TEXT_OUT(detail));
   free(writes);
   say(check, good ? DRILL_PASS : DRILL_FAIL, "%s", detail);
}

/* Finds the end of one process's invocations, among those with open connections, from first on. Returns the index of
 * the next process's first. */
static size_t
end_of_process(const struct drill_results *results, size_t first)
{
   size_t end = first + 1;
   while (end < results->invocation_count && results->invocations[end].server_connections > 0 &&
          results->invocations[end].instance == results->invocations[first].instance &&
          !results->invocations[end].cold) {
      end++;
   }
   return end;
}

static bool
grows(const struct drill_invocation *invocations, size_t count)
{
   unsigned most = 0, rises = 0;
   for (size_t i = 0; i < count; i++) {
      if (invocations[i].server_connections > most) {
         most = invocations[i].server_connections;
         rises += i >= count / 2 ? 1 : 0;
      }
   }
   return count >= STEADY_CONNECTIONS_INVOCATIONS && rises > RISES_OF_A_POOL;
}

void
steady_connections_look(const struct drill_results *results, struct steady_connections *found)
{
   *found = (struct steady_connections){0};
   for (size_t first = 0, end; first < results->invocation_count; first = end) {
      end = end_of_process(results, first);
      for (size_t i = first; i < end; i++) {
         unsigned open = results->invocations[i].server_connections;
         found->most = open > found->most ? open : found->most;
      }
      if (results->invocations[first].server_connections > 0) {
         found->invocations = end - first > found->invocations ? (unsigned)(end - first) : found->invocations;
         found->growing = found->growing || grows(&results->invocations[first], end - first);
      }
   }
}

/* Judges by what a client for so many threads needs. */
static void
judge_client(const struct drill *drill, struct drill_check *check, unsigned found)
{
   bool single = strcmp(drill->results->client, "single") == 0;
   unsigned most = FRONT_MEMBERS * most_for_a_member(drill, single);
   if (found <= most) {
      say(check,
          DRILL_PASS,
          "at most %u connections open after an invocation (limit %u: %u for each member)",
          found,
          most,
          most / FRONT_MEMBERS);
   } else {
      say(check,
          DRILL_FAIL,
          "connections leak: %u open after an invocation (limit %u: %u for each member)",
          found,
          most,
          most / FRONT_MEMBERS);
   }
}

/* The pool size of another function is unknown, so only unlimited growth proves a leak. */
static void
judge_growth(struct drill_check *check, const struct steady_connections *found)
{
   if (found->growing) {
      say(check,
          DRILL_FAIL,
          "connections leak: %u open after %u invocations, still growing",
          found->most,
          found->invocations);
   } else if (found->invocations < STEADY_CONNECTIONS_INVOCATIONS) {
      say(check,
          DRILL_SKIPPED,
          "%u connections open after %u invocation%s: either a leak or a large pool. Run at least %d invocations to "
          "find out: --phases cold,warm*%d",
          found->most,
          found->invocations,
          found->invocations == 1 ? "" : "s",
          STEADY_CONNECTIONS_INVOCATIONS,
          STEADY_CONNECTIONS_INVOCATIONS - 1);
   } else {
      say(check,
          DRILL_PASS,
          "at most %u connections open after %u invocations, no longer growing",
          found->most,
          found->invocations);
   }
}

/* Explains why no connection was open after any invocation, which may have several reasons. */
static void
tell_no_connections(const struct drill *drill, struct drill_check *check)
{
   const struct drill_results *results = drill->results;
   struct witness_counts counts;
   size_t alone = 0;
   witness_counts(drill->witness, &counts);
   for (size_t i = 0; i < results->invocation_count; i++) {
      alone += results->invocations[i].alone ? 1 : 0;
   }
   if (alone == 0) {
      say(check, DRILL_SKIPPED, "no phase ran one function at a time");
   } else if (counts.connections == 0) {
      say(check, DRILL_SKIPPED, "the function never connected");
   } else {
      say(check,
          DRILL_PASS,
          "every connection was closed when its invocation ended (%zu invocations, %lu connections): the function "
          "creates a client for each invocation",
          alone,
          counts.connections);
   }
}

static void
check_connections(struct drill *drill, struct front *front)
{
   struct drill_check *check = add(drill, "connections_steady");
   struct steady_connections found;
   steady_connections_look(drill->results, &found);
   if (front == NULL) {
      say(check, DRILL_SKIPPED, "needs the emulated replica set (--server)");
   } else if (found.most == 0) {
      tell_no_connections(drill, check);
   } else if (drill->results->client[0] != '\0' || found.most <= FRONT_MEMBERS * most_for_a_member(drill, false)) {
      judge_client(drill, check, found.most);
   } else {
      judge_growth(check, &found);
   }
   if (found.most > 0 && front != NULL && check != NULL) {
      check->measured = found.most;
   }
}

static void
check_invocations(struct drill *drill)
{
   unsigned frozen = 0, restless = 0, broken = 0;
   const struct drill_results *results = drill->results;
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *invocation = &results->invocations[i];
      frozen += invocation->frozen_ms > 0 ? 1 : 0;
      restless += invocation->frozen_cpu_ms > 0 ? 1 : 0;
      broken += invocation->violations != NULL ? 1 : 0;
   }
   const struct platform *platform = drill->options->platform;
   struct drill_check *check = add(drill, "no_cpu_while_frozen");
   if (platform->idle == PLATFORM_THROTTLES) {
      say(check, DRILL_SKIPPED, "%s", platform->idle_words);
   } else if (frozen == 0) {
      say(check, DRILL_SKIPPED, "the function was never suspended");
   } else if (restless > 0) {
      say(check, DRILL_FAIL, "used CPU in %u of %u freezes", restless, frozen);
   } else {
      say(check, DRILL_PASS, "used no CPU in %u freeze%s", frozen, frozen == 1 ? "" : "s");
   }
   check = add(drill, "protocol_kept");
   if (broken > 0) {
      say(check,
          DRILL_FAIL,
          "broke a rule of %s in %u of %zu invocations",
          platform->contract,
          broken,
          results->invocation_count);
   } else {
      say(check,
          DRILL_PASS,
          "followed %s in all %zu invocation%s",
          platform->contract,
          results->invocation_count,
          results->invocation_count == 1 ? "" : "s");
   }
}

static void
set_verdict(struct drill_results *results)
{
   results->verdict = DRILL_PASS;
   for (size_t i = 0; i < results->phase_count; i++) {
      results->verdict = results->phases[i].verdict == DRILL_FAIL ? DRILL_FAIL : results->verdict;
   }
   for (size_t i = 0; i < results->check_count; i++) {
      results->verdict = results->checks[i].verdict == DRILL_FAIL ? DRILL_FAIL : results->verdict;
   }
}

int
checks_run(struct drill *drill, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   if (judging_run(drill, error) != 0) {
      return -1;
   }
   check_record(drill, front);
   check_connections(drill, front);
   check_invocations(drill);
   expectations_settle_checks(drill->results);
   set_verdict(drill->results);
   return 0;
}
