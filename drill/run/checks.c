#include "checks.h"

#include "record_match.h"
#include "steady_connections.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The scenario's (docs/assertions.md). */
#define DATABASE "faas"
#define COLLECTION "lambda"

/* A pool for one thread has a connection of its own, a monitor's and one to measure round trips, for each member. */
#define CONNECTIONS_POOL 3
#define CONNECTIONS_SINGLE 1

static void add(struct drill *drill, const char *name, enum drill_verdict verdict, const char *format, ...)
   __attribute__((format(printf, 4, 5)));

static void
add(struct drill *drill, const char *name, enum drill_verdict verdict, const char *format, ...)
{
   struct drill_check *check = results_add_check(drill->results);
   if (check == NULL) {
      return;
   }
   snprintf(check->name, sizeof check->name, "%s", name);
   check->verdict = verdict;
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(check->detail, sizeof check->detail, format, arguments);
   va_end(arguments);
}

static int
check_collection(struct drill *drill, struct front *front, struct drill_error *error)
{
   if (front == NULL) {
      add(drill, "collection_empty", DRILL_SKIPPED, "only the emulated replica set can be asked");
      return 0;
   }
   int64_t count = front_count_documents(front, DATABASE, COLLECTION, error);
   if (count < 0) {
      add(drill, "collection_empty", DRILL_FAIL, "%s", error->message);
      return -1;
   }
   add(drill,
       "collection_empty",
       count == 0 ? DRILL_PASS : DRILL_FAIL,
       "expected no document left in %s.%s, found %lld",
       DATABASE,
       COLLECTION,
       (long long)count);
   return 0;
}

/* A function may write into others what it likes, and leave it there. */
static size_t
keep_own(struct front_write *writes, size_t count)
{
   size_t kept = 0;
   for (size_t i = 0; i < count; i++) {
      if (strcmp(writes[i].collection, DATABASE "." COLLECTION) == 0) {
         writes[kept++] = writes[i];
      }
   }
   return kept;
}

static void
check_record(struct drill *drill, struct front *front)
{
   if (front == NULL) {
      add(drill, "record_matches", DRILL_SKIPPED, "only the emulated replica set keeps a record");
      return;
   }
   char detail[400] = "";
   size_t count;
   struct front_write *writes = front_writes(front, &count);
   if (!front_record_is_complete(front)) {
      free(writes);
      add(drill, "record_matches", DRILL_SKIPPED, "record full: there were more writes than the front can keep");
      return;
   }
   count = keep_own(writes, count);
   bool good = record_match(writes, count, drill->results, timeline_origin_us(drill->timeline), detail, sizeof detail);
   free(writes);
   add(drill, "record_matches", good ? DRILL_PASS : DRILL_FAIL, "%s", detail);
}

/* By what a client for one thread needs. */
static void
judge_client(struct drill *drill, unsigned found)
{
   bool single = strcmp(drill->results->client, "single") == 0;
   unsigned most = FRONT_MEMBERS * (single ? CONNECTIONS_SINGLE : CONNECTIONS_POOL);
   add(drill,
       "connections_steady",
       found <= most ? DRILL_PASS : DRILL_FAIL,
       "expected at most %u connections of one process open after an invocation, %u for each member, found %u%s",
       most,
       most / FRONT_MEMBERS,
       found,
       found <= most ? "" : ": it leaks some");
}

/* Nobody knows how large the pool of another function is: only by growth without end it shows a leak. */
static void
judge_growth(struct drill *drill, const struct steady_connections *found)
{
   if (found->growing) {
      add(drill,
          "connections_steady",
          DRILL_FAIL,
          "expected connections of one process open after an invocation to come to an end of their growth, found %u "
          "and still growing: it leaks some",
          found->most);
   } else if (found->invocations < STEADY_CONNECTIONS_INVOCATIONS) {
      add(drill,
          "connections_steady",
          DRILL_SKIPPED,
          "found %u connections of one process open after an invocation, a leak or a large pool: expected %d "
          "invocations of one process to tell, found %u (--phases cold,warm*%d)",
          found->most,
          STEADY_CONNECTIONS_INVOCATIONS,
          found->invocations,
          STEADY_CONNECTIONS_INVOCATIONS - 1);
   } else {
      add(drill,
          "connections_steady",
          DRILL_PASS,
          "expected connections of one process open after an invocation to come to an end of their growth, found at "
          "most %u",
          found->most);
   }
}

static void
check_connections(struct drill *drill, struct front *front)
{
   struct steady_connections found;
   steady_connections_look(drill->results, &found);
   if (front == NULL) {
      add(drill, "connections_steady", DRILL_SKIPPED, "only the emulated replica set counts connections");
   } else if (found.most == 0) {
      add(drill, "connections_steady", DRILL_SKIPPED, "no phase had one process alone with the database");
   } else if (drill->results->client[0] != '\0' || found.most <= FRONT_MEMBERS * CONNECTIONS_POOL) {
      judge_client(drill, found.most);
   } else {
      judge_growth(drill, &found);
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
   add(drill,
       "no_cpu_while_frozen",
       restless == 0 ? DRILL_PASS : DRILL_FAIL,
       "expected no CPU time used while suspended, %u times, found some %u times",
       frozen,
       restless);
   add(drill,
       "protocol_kept",
       broken == 0 ? DRILL_PASS : DRILL_FAIL,
       "expected the Runtime API's rules kept in all of %zu invocations, found them broken in %u",
       results->invocation_count,
       broken);
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
   if (check_collection(drill, front, error) != 0) {
      return -1;
   }
   check_record(drill, front);
   check_connections(drill, front);
   check_invocations(drill);
   set_verdict(drill->results);
   return 0;
}
