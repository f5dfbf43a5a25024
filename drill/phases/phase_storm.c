/*
 * Starts many environments at once against members that take a fixed number of connections, as mongod does with
 * net.maxIncomingConnections: each connection beyond that is accepted and closed at once. With --connection-rate they
 * also let in a fixed number of new connections a second, as mongod 8.2 does with its ingress connection establishment
 * rate limiter. Then tries settings that need fewer connections.
 */
#include "crowd.h"
#include "phase.h"
#include "phase_kinds.h"
#include "storm_verdict.h"

#include <stdio.h>
#include <string.h>

#define GIVEN "URI as given"
/* Longer than maxIdleTimeMS. */
#define IDLE_MS 1500

/* What one environment alone, without a limit, needs. */
struct alone {
   unsigned connections; /* at the member with most of them, once the process is suspended or idle; 0 if it failed */
   unsigned warm;        /* the same after a second invocation, IDLE_MS later; 0 if that failed or was not asked for */
   bool has_report;      /* the function is faas-harness */
   struct demand demand;
};

/* Returns the most new connections at one member since before; sets *all to those at all members. */
static unsigned
most_connections(struct front *front, const struct front_limited *before, unsigned *all)
{
   struct front_limited after;
   unsigned most = 0;
   *all = 0;
   front_limited(front, &after);
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      unsigned here = after.open[i] > before->open[i] ? after.open[i] - before->open[i] : 0;
      *all += here;
      most = here > most ? here : most;
   }
   return most;
}

/* Sets *connections to those of one member, or to 0 if the invocation failed. */
static int
invoke_alone(struct drill *drill,
             struct function *function,
             const char *setting,
             const struct front_limited *before,
             struct alone *alone,
             unsigned *connections,
             struct drill_error *error)
{
   char name[64];
   size_t number;
   write_text(TEXT_OUT(name), "alone, %.50s", setting);
   if (drill_invoke(drill, function, name, &number, error) != 0) {
      return -1;
   }
   const struct drill_invocation *one = drill_invocation(drill, number);
   unsigned most = most_connections(deployment_front(drill->deployment), before, &alone->demand.connections);
   *connections = one->verdict != DRILL_FAIL ? most : 0;
   alone->has_report = one->has_report;
   return 0;
}

static int
measure_alone(struct drill *drill,
              const char *setting,
              const struct function_wish *wish,
              bool twice,
              struct alone *alone,
              struct drill_error *error)
{
   struct function *function = function_new(drill, wish, error);
   struct front_limited before;
   *alone = (struct alone){.connections = 0};
   if (function == NULL) {
      return -1;
   }
   front_limited(deployment_front(drill->deployment), &before);
   int failed = invoke_alone(drill, function, setting, &before, alone, &alone->connections, error);
   if (failed == 0) {
      demand_measure(&alone->demand, environment_process(function->environment));
   }
   if (failed == 0 && twice && alone->connections > 0) {
      failed = drill_freeze(drill, IDLE_MS, "idle", error) == 0
                  ? invoke_alone(drill, function, setting, &before, alone, &alone->warm, error)
                  : -1;
   }
   function_destroy(function);
   return failed;
}

static void
begin(struct drill *drill)
{
   const struct options *options = drill->options;
   front_limit_connections(deployment_front(drill->deployment),
                           &(struct front_limits){.most = options->connection_limit.usable,
                                                  .per_second = options->connection_rate,
                                                  .queue = options->connection_queue});
}

static void
end(struct drill *drill)
{
   front_limit_connections(deployment_front(drill->deployment), &(struct front_limits){.most = 0});
}

static const struct function_wish as_given = {.uri_options = NULL};

/* How each setting changes the function. */
static const struct {
   struct function_wish wish;
   unsigned idle_ms;
} settings[STORM_TRIES] = {
   [STORM_MAX_POOL] = {.wish.uri_options = "maxPoolSize=1"},
   [STORM_MIN_POOL] = {.wish.uri_options = "minPoolSize=0"},
   [STORM_MAX_IDLE] = {.wish.uri_options = "maxIdleTimeMS=1000", .idle_ms = IDLE_MS},
   [STORM_SINGLE_CLIENT] = {.wish.client = "single"},
};

static int
look_at_setting(struct drill *drill, enum storm_try_kind kind, struct storm_facts *facts, struct drill_error *error)
{
   struct alone alone;
   bool twice = settings[kind].idle_ms > 0;
   if (twice) {
      if (measure_alone(drill, GIVEN, &as_given, true, &alone, error) != 0) {
         return -1;
      }
      facts->warm = alone.warm;
   }
   int result = measure_alone(drill, storm_try_names[kind], &settings[kind].wish, twice, &alone, error);
   facts->tries[kind].connections = twice ? alone.warm : alone.connections;
   return result;
}

/* If a pool of one has as many connections as before, the other settings gain nothing either. If minPoolSize forbids a
 * pool of one, they may help. Only faas-harness lets us choose a single-threaded client. */
static bool
is_worth_a_look(const struct drill *drill,
                enum storm_try_kind kind,
                const struct storm_facts *facts,
                const struct alone *given)
{
   if (kind == STORM_SINGLE_CLIENT) {
      return given->has_report && (drill->options->client == NULL || strcmp(drill->options->client, "single") != 0);
   }
   return kind == STORM_MAX_POOL || facts->tries[STORM_MAX_POOL].connections == 0 ||
          storm_saves_connections(facts, STORM_MAX_POOL);
}

static int
look_alone(struct drill *drill, struct storm_facts *facts, struct demand *demand, struct drill_error *error)
{
   struct alone given;
   if (measure_alone(drill, GIVEN, &as_given, false, &given, error) != 0) {
      return -1;
   }
   facts->connections = given.connections;
   *demand = given.demand;
   /* The members accept no more than this. */
   unsigned share = 1 + FRONT_MEMBERS * facts->limit->usable / crowd_largest(drill->options);
   demand->connections = demand->connections < share ? demand->connections : share;
   for (unsigned kind = 0; kind < STORM_TRIES; kind++) {
      if (is_worth_a_look(drill, kind, facts, &given) && look_at_setting(drill, kind, facts, error) != 0) {
         return -1;
      }
   }
   return 0;
}

/* A driver gains nothing from a setting that it does not know, or has by default. maxPoolSize=1 is also tried if it
 * saves no connections: it may let in a function that fails without it even when alone. */
static bool
is_worth_a_storm(enum storm_try_kind kind, const struct storm_facts *facts)
{
   bool lossy = storm_is_lossy(&facts->given), saves = storm_saves_connections(facts, kind);
   return kind == STORM_MAX_POOL ? facts->tries[kind].connections > 0 && (lossy || saves) : lossy && saves;
}

static int
hold_again(struct drill *drill, struct storm_wish *wish, struct storm_facts *facts, struct drill_error *error)
{
   int result = 0;
   for (unsigned kind = 0; kind < STORM_TRIES && result == 0; kind++) {
      if (!is_worth_a_storm(kind, facts)) {
         continue;
      }
      wish->plan = (struct member_plan){storm_try_names[kind], settings[kind].wish};
      wish->idle_ms = settings[kind].idle_ms;
      facts->tries[kind].held = true;
      result = storm_hold(drill, wish, &facts->tries[kind].storm, error);
   }
   return result;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   (void)step;
   /* Otherwise its connections would count, too. */
   drill_end_function(drill);
   struct demand demand;
   struct storm_wish wish = {.plan = {.name = GIVEN}, .begin = begin, .end = end, .demand = &demand};
   struct storm_facts facts = {.limit = &drill->options->connection_limit,
                               .per_second = drill->options->connection_rate};
   if (look_alone(drill, &facts, &demand, error) != 0 || storm_hold(drill, &wish, &facts.given, error) != 0 ||
       hold_again(drill, &wish, &facts, error) != 0) {
      return -1;
   }
   struct drill_phase *record = drill_phase(drill);
   storm_describe(TEXT_OUT(record->driver_did), &facts);
   storm_advise(TEXT_OUT(record->advice), &facts);
   char failure[sizeof record->reason];
   if (storm_fails(TEXT_OUT(failure), &facts)) {
      phase_fail(drill, "%s", failure);
   }
   return 0;
}

const struct phase_kind phase_storm = {
   .name = "storm",
   .title = "Many environments start at once against a connection limit",
   .help = "by name only: --instances environments (default: 20) start at\n"
           "once against a server with --connection-limit; then again with\n"
           "maxPoolSize=1 and other settings that need fewer connections.\n"
           "No burst follows it. --connection-rate adds mongod's rate limiter\n"
           "for new connections: the front closes or queues them before it\n"
           "reads anything, TLS included. It exempts no address",
   .takes_instances = true,
   .needs_front = "needs the emulated replica set (--server), which can limit connections",
   .run = run,
};
