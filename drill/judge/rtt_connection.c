/* A driver that polls must not have a connection to measure round trips (Server Monitoring, "Streaming disabled").
 * libmongoc 2.5.7 has one, which costs a connection to each member but loses nothing, so it is a warning. */
#include "judge.h"

#include <stdlib.h>

/* When several functions run at once, each has a monitor, so only connections opened before then are judged. */
static int64_t
end_of_being_alone(const struct judge_case *seen)
{
   for (size_t i = 0; i < seen->invocation_count; i++) {
      if (!seen->invocations[i].alone) {
         return seen->invocations[i].start_us;
      }
   }
   return INT64_MAX;
}

void
rule_rtt_connection(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_facts *facts = seen->facts;
   int64_t until_us = end_of_being_alone(seen);
   unsigned long watching = 0, round_trips = 0;
   const struct witness_connection *example = NULL;
   if (facts->counts.awaitable > 0) {
      finding_skip(finding, "the driver streams, which requires such connections");
      return;
   }
   bool *is_round_trip = witness_round_trips(facts);
   if (is_round_trip == NULL) {
      finding_skip(finding, "out of memory: could not find the connections that measure round trips");
      return;
   }
   for (size_t i = 0; i < facts->connection_count; i++) {
      const struct witness_connection *one = &facts->connections[i];
      if (witness_is_monitoring(one) && one->hellos >= 2 && one->opened_us < until_us) {
         watching++;
         round_trips += is_round_trip[i] ? 1 : 0;
         example = is_round_trip[i] ? one : example;
      }
   }
   free(is_round_trip);
   if (watching == 0) {
      finding_skip(finding, "no monitoring connection carried two hellos");
   } else if (round_trips > 0) {
      finding_warn(finding,
                   "the driver polls, but has %lu extra connection%s to measure round trips, such as client port %u to "
                   "127.0.0.1:%u: each counts against the server's limit",
                   round_trips,
                   plural(round_trips),
                   example->client_port,
                   example->member_port);
   } else {
      finding_pass(finding, "one monitoring connection to each member at a time, %lu in total", watching);
   }
}
