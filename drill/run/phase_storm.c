/*
 * Many environments start at once against members that take so many connections and no more, as mongod does with
 * net.maxIncomingConnections: one beyond is accepted and closed at once. Then the same with maxPoolSize=1.
 */
#include "phase.h"
#include "phase_kinds.h"
#include "storm_verdict.h"

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

static void
begin(struct drill *drill)
{
   front_limit_connections(deployment_front(drill->deployment), drill->options->connection_limit.usable);
}

static void
end(struct drill *drill)
{
   front_limit_connections(deployment_front(drill->deployment), 0);
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
   const struct storm_server server = {begin, end};
   struct storm_facts facts = {.limit = &drill->options->connection_limit};
   if (measure_one(drill, phase, "alone, " GIVEN, NULL, &facts.connections, error) != 0 ||
       measure_one(drill, phase, "alone, " STORM_SETTING, STORM_SETTING, &facts.fewest, error) != 0 ||
       storm_hold(drill, phase, GIVEN, NULL, &server, &facts.given, error) != 0) {
      return -1;
   }
   /* A driver that does not know the setting, or has it anyway, gains nothing by it. */
   facts.setting_tried = facts.fewest > 0 && (storm_is_lossy(&facts.given) || facts.fewest < facts.connections);
   if (facts.setting_tried && storm_hold(drill, phase, STORM_SETTING, STORM_SETTING, &server, &facts.set, error) != 0) {
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
