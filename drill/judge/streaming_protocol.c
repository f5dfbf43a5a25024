/* The one requirement of the FaaS specification: no awaitable hello. A frozen process can't read the stream. */
#include "judge.h"

#include <string.h>

/* A driver streams from its second hello on, after the first reply has a topologyVersion. Node.js was seen to begin
 * after 0.7 s. */
#define LONG_ENOUGH_MS 800

static const struct witness_hello *
first_awaitable(const struct witness_facts *facts)
{
   for (size_t i = 0; i < facts->hello_count; i++) {
      if (facts->hellos[i].kind != WITNESS_PLAIN) {
         return &facts->hellos[i];
      }
   }
   return NULL;
}

void
rule_streaming_protocol(const struct judge_case *seen, struct finding *finding)
{
   const struct witness_counts *counts = &seen->facts->counts;
   if (counts->hellos == 0) {
      finding_skip(finding, "no hello came");
      return;
   }
   finding->measured = (double)counts->awaitable;
   if (counts->awaitable == 0) {
      bool enough = seen->running_ms >= LONG_ENOUGH_MS;
      finding_set(finding,
                  enough ? JUDGE_PASS : JUDGE_SKIPPED,
                  "%s: no awaitable hello among %lu in %.1f s of running time%s",
                  enough ? "the driver polls" : "too short to judge",
                  counts->hellos,
                  seen->running_ms / 1e3,
                  enough ? "" : "; some drivers stream only after 0.7 s");
      return;
   }
   if (seen->client_env[0] == '\0' && seen->runs_on) {
      finding_pass(
         finding,
         "the driver streams: %lu of %lu hellos were awaitable. That is allowed: no client.env.name is defined for %s, "
         "which does not freeze an idle process",
         counts->awaitable,
         counts->hellos,
         seen->platform);
      return;
   }
   const struct witness_hello *first = first_awaitable(seen->facts);
   const struct witness_connection *by = first == NULL || first->connection >= seen->facts->connection_count
                                            ? NULL
                                            : &seen->facts->connections[first->connection];
   finding_fail(finding,
                "the driver streams: %lu of %lu hellos were awaitable%s, the first on 127.0.0.1:%u; a frozen function "
                "cannot read the stream",
                counts->awaitable,
                counts->hellos,
                counts->exhaust > 0 ? " (exhaust)" : "",
                by == NULL ? 0u : by->member_port);
   if (strstr(seen->uri_options, "serverMonitoringMode=stream") != NULL) {
      finding_advise(finding, "Remove serverMonitoringMode=stream from the URI.");
   } else if (seen->client_env[0] == '\0') {
      finding_advise(finding,
                     "Add serverMonitoringMode=poll to the URI: drivers do not recognise %s, so they stream there.",
                     seen->platform);
   } else {
      finding_advise(
         finding, "Use a driver that polls on %s, or add serverMonitoringMode=poll to the URI.", seen->platform);
   }
}
