/* Polling without a pause: libmongoc 1.25 to 2.2.1 sent thousands of hellos a second in Lambda (CDRIVER-6205). */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>

#define MIN_HEARTBEAT_MS 500
/* Between the driver's clock and the arrival here 490 to 500 ms were seen for a pause of 500. */
#define TOLERANCE_MS 15
#define HANDSHAKE_US 100000

struct closeness {
   unsigned long pairs;
   unsigned long close;
   double closest_ms; /* below 0: no pair */
   size_t connection;
};

/* On one connection: after a lost one a driver may look again at once (Server Monitoring, "Network or command error
 * during server check"). An awaitable hello follows the one before at once by design. */
static void
measure(const struct witness_facts *facts,
        const bool *is_round_trip,
        bool *forgiven,
        const struct witness_hello **last,
        struct closeness *found)
{
   for (size_t i = 0; i < facts->hello_count; i++) {
      const struct witness_hello *hello = &facts->hellos[i];
      if (hello->connection >= facts->connection_count) {
         continue;
      }
      const struct witness_hello *before = last[hello->connection];
      last[hello->connection] = hello;
      if (before == NULL || before->kind != WITNESS_PLAIN || hello->kind != WITNESS_PLAIN) {
         continue;
      }
      /* A connection that measures round trips may do so right after its handshake. */
      bool after_handshake = before->start_us - facts->connections[hello->connection].opened_us < HANDSHAKE_US;
      if (is_round_trip[hello->connection] && after_handshake && !forgiven[hello->connection]) {
         forgiven[hello->connection] = true;
         continue;
      }
      double gap_ms = (double)(hello->start_us - before->start_us) / 1e3;
      found->pairs++;
      found->close += gap_ms < MIN_HEARTBEAT_MS - TOLERANCE_MS ? 1 : 0;
      if (found->closest_ms < 0 || gap_ms < found->closest_ms) {
         found->closest_ms = gap_ms;
         found->connection = hello->connection;
      }
   }
}

void
rule_heartbeat_interval(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   struct closeness found = {.closest_ms = -1};
   const struct witness_hello **last = calloc(facts->connection_count + 1, sizeof *last);
   bool *forgiven = calloc(facts->connection_count + 1, sizeof *forgiven);
   bool *is_round_trip = witness_round_trips(facts);
   if (last != NULL && forgiven != NULL && is_round_trip != NULL) {
      measure(facts, is_round_trip, forgiven, last, &found);
   }
   free(is_round_trip);
   free(forgiven);
   free(last);
   if (found.pairs == 0) {
      finding_set(finding,
                  JUDGE_SKIPPED,
                  "no connection carried two polling hellos (%lu hello%s on %lu connection%s)",
                  facts->counts.hellos,
                  plural(facts->counts.hellos),
                  facts->counts.connections,
                  plural(facts->counts.connections));
   } else if (found.close > 0) {
      finding_set(finding,
                  JUDGE_FAIL,
                  "hellos come too close: %lu of %lu less than %d ms after the one before, the closest %.3g ms, on "
                  "127.0.0.1:%u",
                  found.close,
                  found.pairs,
                  MIN_HEARTBEAT_MS,
                  found.closest_ms,
                  facts->connections[found.connection].member_port);
   } else {
      finding_set(finding,
                  JUDGE_PASS,
                  "hellos of one connection at least %.0f ms apart, in %lu pair%s",
                  found.closest_ms,
                  found.pairs,
                  plural(found.pairs));
   }
}
