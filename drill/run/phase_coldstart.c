/*
 * A cold start against a set that is as far away as a real one, with TLS and a user: where its time goes, as the front
 * sees it, until the first command is answered.
 */
#include "clock.h"
#include "cold_start.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>

/* Between two availability zones or nearby regions. */
#define ROUND_TRIP_DEFAULT_MS 20

/* Of the newest invocation, which was the first of its process. */
static int
look(struct drill *drill,
     const struct witness_facts *before,
     const struct drill_invocation *one,
     unsigned round_trip_ms,
     struct cold_start *cold,
     bool *seen,
     struct drill_error *error)
{
   struct witness_facts facts;
   int64_t origin_us = timeline_origin_us(drill->timeline);
   double init_ms = one->init_ms > 0 ? one->init_ms : 0;
   const struct cold_start_window window = {
      .start_us = origin_us + (int64_t)((one->at_ms - init_ms) * 1e3),
      .end_us = origin_us + (int64_t)((one->at_ms + one->duration_ms) * 1e3),
      .connection = before->connection_count,
      .command = before->command_count,
      .round_trip_us = (int64_t)round_trip_ms * 1000,
   };
   bool made = witness_facts_init(&facts, drill->witness);
   if (made) {
      *seen = cold_start_look(cold, &facts, &window);
   } else {
      drill_error_set(error, "no memory for what came over the wire");
   }
   witness_facts_clear(&facts);
   return made ? 0 : -1;
}

static int
start_once(struct drill *drill,
           size_t phase,
           unsigned round_trip_ms,
           struct cold_start *cold,
           bool *seen,
           struct drill_error *error)
{
   struct witness_facts before;
   size_t number;
   function_destroy(drill->function);
   drill->function = NULL;
   int failed = -1;
   if (!witness_facts_init(&before, drill->witness)) {
      drill_error_set(error, "no memory for what came over the wire");
   } else if (phase_invoke(drill, phase, "coldstart", &number, error) == 0) {
      failed = look(drill, &before, drill_invocation(drill, number), round_trip_ms, cold, seen, error);
   }
   witness_facts_clear(&before);
   return failed;
}

static void
tell(struct drill *drill, size_t phase, const struct cold_start *best, unsigned times, unsigned round_trip_ms)
{
   struct drill_phase *record = drill_phase(drill, phase);
   char text[sizeof record->driver_did];
   cold_start_tell(best, text, sizeof text);
   if (times > 1) {
      (void)snprintf(record->driver_did,
                     sizeof record->driver_did,
                     "the quickest of %u at %u ms a round trip: %.190s",
                     times,
                     round_trip_ms,
                     text);
   } else {
      (void)snprintf(
         record->driver_did, sizeof record->driver_did, "at %u ms a round trip: %.220s", round_trip_ms, text);
   }
}

static int
run(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   if (front == NULL) {
      phase_skip(drill, phase, "needs the emulated replica set (--server): only its front sees when what came");
      return 0;
   }
   unsigned given_ms = drill->options->round_trip_ms;
   unsigned round_trip_ms = given_ms == 0 ? ROUND_TRIP_DEFAULT_MS : given_ms;
   struct cold_start best = {.total_ms = 0};
   bool any = false;
   int failed = 0;
   deployment_round_trip(drill->deployment, round_trip_ms);
   for (unsigned i = 0; i < step->times && failed == 0; i++) {
      struct cold_start cold;
      bool seen = false;
      failed = start_once(drill, phase, round_trip_ms, &cold, &seen, error);
      if (seen && (!any || cold.total_ms < best.total_ms)) {
         best = cold;
      }
      any = any || seen;
   }
   deployment_round_trip(drill->deployment, given_ms);
   /* Its connections have another round trip than the next phase's. */
   function_destroy(drill->function);
   drill->function = NULL;
   if (failed == 0 && any) {
      tell(drill, phase, &best, step->times, round_trip_ms);
   } else if (failed == 0) {
      phase_skip(drill, phase, "the function sent no command that was answered: there is nothing to take apart");
   }
   return failed;
}

const struct phase_kind phase_coldstart = {
   .name = "coldstart",
   .title = "A cold start taken apart",
   .help = "by name only: where the time of a cold start goes, with TLS, a\n"
           "user, and --round-trip (here: 20); coldstart*5 tells the quickest\n"
           "of five. The whole drill is held as with --secure",
   .is_secure = true,
   .run = run,
};
