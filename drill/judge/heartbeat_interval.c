/* Polling without a pause: libmongoc 1.25 to 2.2.1 sent thousands of hellos a second in Lambda (CDRIVER-6205). Also
 * polling a healthy set more often than the URI asks for: minHeartbeatFrequencyMS is for when server selection waits.
 */
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>

/* --- calm --------------------------------------------------------------------------------------------------------- */

/* How long a disturbance has effects: a check that is requested during another check follows it after 500 ms, whatever
 * that found, as in PyMongo. The first seconds of a client are similar. */
#define AFTERMATH_US 2000000
/* How long a driver may wait on a connection whose packets vanish: the longest default is 30 s (connectTimeoutMS of
 * several drivers). The front does not see when the driver gives up. */
#define DROPPED_US 60000000

struct disturbance {
   int64_t start_us;
   int64_t end_us; /* the latest end of this and all earlier ones */
};

/* In calm nothing called for an extra check (Server Monitoring, "Requesting an immediate check"): one process ran, the
 * set was whole, nothing failed, and no connection was made or ended. */
struct calm {
   const struct judge_case *seen;
   struct disturbance *disturbances; /* sorted by start */
   size_t count;
};

static void
disturb(struct calm *calm, int64_t start_us, int64_t end_us)
{
   calm->disturbances[calm->count++] = (struct disturbance){start_us, end_us};
}

static void
add_connections(struct calm *calm, const struct witness_facts *facts)
{
   for (size_t i = 0; i < facts->connection_count; i++) {
      const struct witness_connection *one = &facts->connections[i];
      disturb(calm, one->opened_us, one->opened_us);
      if (one->end != WITNESS_OPEN) {
         disturb(calm, one->closed_us, one->closed_us + (one->end == WITNESS_DROPPED ? DROPPED_US : 0));
      }
   }
}

static void
add_failures(struct calm *calm, const struct witness_facts *facts)
{
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *one = &facts->commands[i];
      if (one->outcome == WITNESS_ERROR || one->outcome == WITNESS_NO_REPLY) {
         disturb(calm, one->start_us, one->end_us);
      }
   }
   for (size_t i = 0; i < facts->hello_count; i++) {
      const struct witness_hello *one = &facts->hellos[i];
      if (one->outcome == WITNESS_ERROR || one->outcome == WITNESS_NO_REPLY) {
         disturb(calm, one->start_us, one->end_us);
      }
   }
}

static int
by_start(const void *left, const void *right)
{
   const struct disturbance *a = left, *b = right;
   return a->start_us < b->start_us ? -1 : a->start_us > b->start_us;
}

/* Returns false when out of memory. Clear it in any case. */
static bool
calm_init(struct calm *calm, const struct judge_case *seen)
{
   const struct witness_facts *facts = seen->facts;
   size_t most = 2 * facts->connection_count + facts->command_count + facts->hello_count + facts->unrest_count;
   *calm = (struct calm){.seen = seen, .disturbances = calloc(most + 1, sizeof *calm->disturbances)};
   if (calm->disturbances == NULL) {
      return false;
   }
   add_connections(calm, facts);
   add_failures(calm, facts);
   for (size_t i = 0; i < facts->unrest_count; i++) {
      const struct witness_unrest *one = &facts->unrests[i];
      disturb(calm, one->start_us, one->end_us == 0 ? INT64_MAX : one->end_us);
   }
   qsort(calm->disturbances, calm->count, sizeof *calm->disturbances, by_start);
   for (size_t i = 1; i < calm->count; i++) {
      int64_t before_us = calm->disturbances[i - 1].end_us;
      int64_t *end_us = &calm->disturbances[i].end_us;
      *end_us = before_us > *end_us ? before_us : *end_us;
   }
   return true;
}

static void
calm_clear(struct calm *calm)
{
   free(calm->disturbances);
   calm->disturbances = NULL;
}

/* Whether something that began by until_us had not ended by from_us. */
static bool
was_disturbed(const struct calm *calm, int64_t from_us, int64_t until_us)
{
   size_t first = 0, beyond = calm->count;
   while (first < beyond) {
      size_t middle = first + (beyond - first) / 2;
      if (calm->disturbances[middle].start_us <= until_us) {
         first = middle + 1;
      } else {
         beyond = middle;
      }
   }
   return first > 0 && calm->disturbances[first - 1].end_us >= from_us;
}

/* The invocation whose process ran from from_us to until_us, and was the only one to use the database. */
static const struct judge_invocation *
find_run(const struct judge_case *seen, int64_t from_us, int64_t until_us)
{
   for (size_t i = 0; i < seen->invocation_count; i++) {
      const struct judge_invocation *one = &seen->invocations[i];
      if (one->alone && one->runs_from_us <= from_us && until_us <= one->runs_until_us) {
         return one;
      }
   }
   return NULL;
}

/* Whether there was calm from from_us to until_us, and for long enough before. Returns false when in doubt. */
static bool
calm_lasted(const struct calm *calm, int64_t from_us, int64_t until_us)
{
   const struct judge_invocation *run = find_run(calm->seen, from_us, until_us);
   if (run == NULL || calm->seen->facts->counts.left_out > 0) {
      return false;
   }
   int64_t begin_us = from_us - AFTERMATH_US;
   /* A suspended process learns after the thaw what happened meanwhile. */
   if (begin_us < run->runs_from_us && run->suspended_us < begin_us) {
      begin_us = run->suspended_us;
   }
   return !was_disturbed(calm, begin_us, until_us);
}

/* --- hellos ------------------------------------------------------------------------------------------------------- */

#define MIN_HEARTBEAT_MS 500
/* Hellos of a driver that pauses for 500 ms were seen to arrive 490 to 500 ms apart. */
#define TOLERANCE_MS 15
/* The same while many functions start at once: 30 functions in Go, on two cores, were seen 20 to 30 ms early. */
#define TOLERANCE_CROWD_MS 100

struct closeness {
   unsigned long pairs;
   unsigned long close;
   double closest_ms; /* below 0: no pair */
   size_t connection;
};

/* What is known while going through the hellos in order of time. */
struct search {
   const struct judge_case *seen;
   struct calm calm;
   bool *is_round_trip;
   bool measures_round_trips; /* whether any connection measures round trips */
   struct seen_hellos {
      bool forgiven;
      const struct witness_hello *first;
      const struct witness_hello *last;
   } *by;                      /* of each connection */
   struct closeness any;       /* compared with minHeartbeatFrequencyMS */
   struct closeness calm_ones; /* compared with heartbeatFrequencyMS */
};

static bool
search_init(struct search *search, const struct judge_case *seen)
{
   *search = (struct search){.seen = seen, .any.closest_ms = -1, .calm_ones.closest_ms = -1};
   search->is_round_trip = witness_round_trips(seen->facts);
   search->by = calloc(seen->facts->connection_count + 1, sizeof *search->by);
   for (size_t i = 0; i < seen->facts->connection_count && search->is_round_trip != NULL; i++) {
      search->measures_round_trips = search->measures_round_trips || search->is_round_trip[i];
   }
   return calm_init(&search->calm, seen) && search->is_round_trip != NULL && search->by != NULL;
}

static void
search_clear(struct search *search)
{
   calm_clear(&search->calm);
   free(search->is_round_trip);
   free(search->by);
}

static void
add_pair(struct closeness *closeness, double gap_ms, int least_ms, size_t connection)
{
   closeness->pairs++;
   closeness->close += gap_ms < least_ms ? 1 : 0;
   if (closeness->closest_ms < 0 || gap_ms < closeness->closest_ms) {
      closeness->closest_ms = gap_ms;
      closeness->connection = connection;
   }
}

/* When the driver began the check. For its first one it connects, and TLS takes some time before the hello comes. */
static int64_t
began_us(const struct search *search, const struct witness_hello *hello)
{
   int64_t opened_us = search->seen->facts->connections[hello->connection].opened_us;
   bool connected_for_it =
      search->by[hello->connection].first == hello && hello->start_us - opened_us < (int64_t)MIN_HEARTBEAT_MS * 1000;
   return connected_for_it ? opened_us : hello->start_us;
}

/* Whether a driver may have opened the connection to measure round trips, beside a monitor's connection that was
 * dropped without its knowledge. */
static bool
beside_a_dropped_one(const struct search *search, const struct witness_connection *one)
{
   const struct witness_connection *older = search->seen->facts->connections;
   for (; search->measures_round_trips && older < one; older++) {
      if (older->member_port == one->member_port && witness_is_monitoring(older) && older->end == WITNESS_DROPPED &&
          older->closed_us <= one->opened_us) {
         return true;
      }
   }
   return false;
}

static int
tolerance_ms(const struct search *search, const struct witness_hello *hello)
{
   const struct judge_invocation *during = judge_invocation_at(search->seen, hello->start_us);
   return during == NULL || during->alone ? TOLERANCE_MS : TOLERANCE_CROWD_MS;
}

static void
measure_pair(struct search *search, const struct witness_hello *before, const struct witness_hello *hello)
{
   const struct witness_connection *by = &search->seen->facts->connections[hello->connection];
   /* A connection that measures round trips may send a hello right after its handshake. */
   bool after_handshake = search->by[hello->connection].first == before;
   if (after_handshake && !search->by[hello->connection].forgiven &&
       (search->is_round_trip[hello->connection] || beside_a_dropped_one(search, by))) {
      search->by[hello->connection].forgiven = true;
      return;
   }
   double gap_ms = (double)(hello->start_us - began_us(search, before)) / 1e3;
   bool may_be_close = gap_ms < MIN_HEARTBEAT_MS - TOLERANCE_MS;
   int tolerated_ms = may_be_close ? tolerance_ms(search, before) : TOLERANCE_MS;
   add_pair(&search->any, gap_ms, MIN_HEARTBEAT_MS - tolerated_ms, hello->connection);
   /* On an application connection, a hello may be the function's own command. */
   if (gap_ms >= MIN_HEARTBEAT_MS - TOLERANCE_MS && witness_is_monitoring(by) &&
       calm_lasted(&search->calm, before->start_us, hello->start_us)) {
      add_pair(&search->calm_ones, gap_ms, search->seen->heartbeat_frequency_ms - TOLERANCE_MS, hello->connection);
   }
}

/* Compares hellos of the same connection only: after losing one, a driver may check again at once (Server Monitoring,
 * "Network or command error during server check"). Awaitable hellos follow each other at once by design. */
static void
measure(struct search *search)
{
   const struct witness_facts *facts = search->seen->facts;
   for (size_t i = 0; i < facts->hello_count; i++) {
      const struct witness_hello *hello = &facts->hellos[i];
      if (hello->connection >= facts->connection_count) {
         continue;
      }
      struct seen_hellos *by = &search->by[hello->connection];
      const struct witness_hello *before = by->last;
      by->last = hello;
      by->first = before == NULL ? hello : by->first;
      if (before != NULL && before->kind == WITNESS_PLAIN && hello->kind == WITNESS_PLAIN) {
         measure_pair(search, before, hello);
      }
   }
}

static void
tell_close(const struct search *search,
           const struct closeness *found,
           const char *limit,
           const char *why,
           struct finding *finding)
{
   finding_fail(finding,
                "hellos come too close together: %lu of %lu less than %s after the previous one, the closest %.3g ms, "
                "on 127.0.0.1:%u%s",
                found->close,
                found->pairs,
                limit,
                found->closest_ms,
                search->seen->facts->connections[found->connection].member_port,
                why);
}

static void
tell_apart(const struct search *search, struct finding *finding)
{
   char frequency[96];
   unsigned long calm = search->calm_ones.pairs;
   if (calm > 0) {
      (void)snprintf(frequency,
                     sizeof frequency,
                     "%lu of them judged by heartbeatFrequencyMS (%d ms)",
                     calm,
                     search->seen->heartbeat_frequency_ms);
   } else {
      (void)snprintf(frequency,
                     sizeof frequency,
                     "heartbeatFrequencyMS not judged: each hello may have had a reason to come early");
   }
   finding_pass(finding,
                "hellos of one connection at least %.0f ms apart, in %lu pair%s; %s",
                search->any.closest_ms,
                search->any.pairs,
                plural(search->any.pairs),
                frequency);
}

static void
tell(const struct search *search, struct finding *finding)
{
   const struct witness_counts *counts = &search->seen->facts->counts;
   char limit[64];
   finding->measured = search->any.closest_ms;
   if (search->any.pairs == 0) {
      finding_skip(finding,
                   "no connection carried two polling hellos (%lu hello%s on %lu connection%s)",
                   counts->hellos,
                   plural(counts->hellos),
                   counts->connections,
                   plural(counts->connections));
   } else if (search->any.close > 0) {
      (void)snprintf(limit, sizeof limit, "%d ms", MIN_HEARTBEAT_MS);
      tell_close(search, &search->any, limit, "", finding);
   } else if (search->calm_ones.close > 0) {
      (void)snprintf(limit, sizeof limit, "heartbeatFrequencyMS (%d ms)", search->seen->heartbeat_frequency_ms);
      tell_close(search, &search->calm_ones, limit, ", with no reason to come early", finding);
      finding_advise(finding,
                     "If the function sets heartbeatFrequencyMS in its code, set it with --uri-options instead.");
   } else {
      tell_apart(search, finding);
   }
}

void
rule_heartbeat_interval(const struct judge_case *seen, struct finding *finding)
{
   struct search search;
   if (search_init(&search, seen)) {
      measure(&search);
   }
   tell(&search, finding);
   search_clear(&search);
}
