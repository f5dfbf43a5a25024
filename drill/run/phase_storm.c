/*
 * Many environments start at once against members that take so many connections and no more, as mongod does with
 * net.maxIncomingConnections: one beyond is accepted and closed at once. Then the same with maxPoolSize=1.
 */
#include "clock.h"
#include "crowd.h"
#include "phase.h"
#include "phase_kinds.h"
#include "storm_verdict.h"

#include <stdio.h>
#include <stdlib.h>

#define INSTANCES_DEFAULT 20
#define GIVEN "URI as given"

/* Of one environment alone, without a limit, once it is suspended or idle: at the member that has most of them. 0 when
 * it failed. */
static int
measure_one(struct drill *drill,
            size_t phase,
            const char *name,
            const char *uri_options,
            unsigned *connections,
            struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   struct function *function = function_new(drill, uri_options, 0, error);
   size_t number = 0;
   *connections = 0;
   if (function == NULL) {
      return -1;
   }
   struct front_limited before, after;
   front_limited(front, &before);
   int result = drill_invoke(drill, function, phase, name, &number, error);
   front_limited(front, &after);
   for (unsigned i = 0; i < FRONT_MEMBERS && result == 0; i++) {
      unsigned here = after.open[i] > before.open[i] ? after.open[i] - before.open[i] : 0;
      *connections = here > *connections ? here : *connections;
   }
   function_destroy(function);
   if (result == 0 && drill_invocation(drill, number)->verdict == DRILL_FAIL) {
      *connections = 0;
   }
   return result;
}

static bool
overlaps(const struct drill_invocation *one, double from_ms, double to_ms)
{
   double init_ms = one->init_ms > 0 ? one->init_ms : 0;
   return one->at_ms - init_ms < to_ms && one->at_ms + one->duration_ms > from_ms;
}

/* Attempts refused in each second, for each environment that was open then: all are of one kind. */
static void
look_at_rates(struct drill *drill, const struct crowd *crowd, double start_ms, struct storm *storm)
{
   struct front_limited limited;
   front_limited(deployment_front(drill->deployment), &limited);
   storm->refused = limited.refused;
   for (unsigned second = 0; second < FRONT_LIMITED_SECONDS; second++) {
      unsigned open = 0;
      for (size_t i = 0; i < crowd->count; i++) {
         double from_ms = start_ms + second * 1e3;
         open += overlaps(drill_invocation(drill, crowd->members[i].number), from_ms, from_ms + 1e3) ? 1 : 0;
      }
      storm->rate[second] = open == 0 ? -1 : (double)limited.refused_in_second[second] / open;
   }
}

static void
look_at_invocations(struct drill *drill, const struct crowd *crowd, double start_ms, struct storm *storm)
{
   storm->environments = (unsigned)crowd->count;
   for (size_t i = 0; i < crowd->count; i++) {
      const struct drill_invocation *one = drill_invocation(drill, crowd->members[i].number);
      double took_ms = one->at_ms + one->duration_ms - start_ms;
      if (one->verdict == DRILL_PASS) {
         storm->got_in++;
         storm->slowest_ms = took_ms > storm->slowest_ms ? took_ms : storm->slowest_ms;
      } else {
         snprintf(storm->example, sizeof storm->example, "%.*s", (int)sizeof storm->example - 1, one->reason);
      }
   }
}

static int
hold_storm(struct drill *drill,
           size_t phase,
           const char *name,
           const char *uri_options,
           struct storm *storm,
           struct drill_error *error)
{
   size_t count = drill->options->instances == 0 ? INSTANCES_DEFAULT : drill->options->instances;
   struct front *front = deployment_front(drill->deployment);
   const char **names = calloc(count, sizeof *names);
   const char **options = calloc(count, sizeof *options);
   struct crowd crowd;
   int result = -1;
   *storm = (struct storm){0};
   if (names == NULL || options == NULL) {
      drill_error_set(error, "out of memory: could not start %zu functions", count);
      goto done;
   }
   for (size_t i = 0; i < count; i++) {
      names[i] = name;
      options[i] = uri_options;
   }
   if (crowd_init(&crowd, drill, phase, count, names, options, error) != 0) {
      goto done;
   }
   front_limit_connections(front, drill->options->connection_limit.usable);
   double start_ms = drill_ms(drill, clock_now_us());
   result = crowd_invoke(&crowd, NULL, error);
   if (result == 0) {
      look_at_invocations(drill, &crowd, start_ms, storm);
      look_at_rates(drill, &crowd, start_ms, storm);
   }
   front_limit_connections(front, 0);
   crowd_clear(&crowd);
done:
   free(names);
   free(options);
   return result;
}

static int
run(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error)
{
   (void)step;
   if (deployment_front(drill->deployment) == NULL) {
      phase_skip(drill, phase, "only the emulated replica set has a connection limit: expected --server, found --uri");
      return 0;
   }
   /* Its connections would count, too. */
   function_destroy(drill->function);
   drill->function = NULL;
   struct storm_facts facts = {.limit = &drill->options->connection_limit};
   if (measure_one(drill, phase, "alone, " GIVEN, NULL, &facts.connections, error) != 0 ||
       measure_one(drill, phase, "alone, " STORM_SETTING, STORM_SETTING, &facts.fewest, error) != 0 ||
       hold_storm(drill, phase, GIVEN, NULL, &facts.given, error) != 0) {
      return -1;
   }
   /* A driver that does not know the setting, or has it anyway, gains nothing by it. */
   facts.setting_tried = facts.fewest > 0 && (storm_is_lossy(&facts.given) || facts.fewest < facts.connections);
   if (facts.setting_tried && hold_storm(drill, phase, STORM_SETTING, STORM_SETTING, &facts.set, error) != 0) {
      return -1;
   }
   struct drill_phase *record = drill_phase(drill, phase);
   storm_describe(record->driver_did, sizeof record->driver_did, &facts);
   storm_advise(record->advice, sizeof record->advice, &facts);
   char failure[sizeof record->reason];
   if (storm_fails(failure, sizeof failure, &facts)) {
      phase_fail(drill, phase, "%s", failure);
   }
   return 0;
}

const struct phase_kind phase_storm = {
   .name = "storm",
   .title = "Many environments start at once against a connection limit",
   .help = "by name only: --instances environments (default: 20) start at\n"
           "once against a server with --connection-limit; then the same\n"
           "with maxPoolSize=1. No burst follows it",
   .takes_instances = true,
   .run = run,
};
