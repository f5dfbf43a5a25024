/*
 * What firewalls and NAT gateways do to idle connections: they forget them, and many then drop what still comes without
 * a word. AWS's NAT gateway forgets after 350 s
 * (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html). The same function is tried with
 * several settings of the URI side by side, each in an environment of its own.
 */
#include "crowd.h"
#include "keep_alive.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdlib.h>

/* Longer than the driver's socketCheckIntervalMS (5 s), after which single-threaded clients look before they write. */
#define FREEZE_MAX_MS 10000

#define VARIANTS 4

static const char *const names[VARIANTS] = {"URI as given", "connectTimeoutMS=3000", "socketTimeoutMS=5000", "both"};
static const char *const uri_options[VARIANTS] = {
   NULL, "connectTimeoutMS=3000", "socketTimeoutMS=5000", "connectTimeoutMS=3000&socketTimeoutMS=5000"};

static void
advise(struct drill *drill, size_t phase, const bool *saved, double probe_s)
{
   struct drill_phase *record = drill_phase(drill, phase);
   char keep_alive[96] = "";
   if (probe_s >= 0) {
      snprintf(keep_alive,
               sizeof keep_alive,
               " TCP keep-alive is of no help: its first probe would come after %.0f s.",
               probe_s);
   }
   unsigned good = 0;
   for (size_t i = 0; i < VARIANTS; i++) {
      good += saved[i] ? 1 : 0;
   }
   snprintf(record->driver_did, sizeof record->driver_did, "%u of %d settings save it", good, VARIANTS);
   size_t first = 1;
   while (first < VARIANTS && !saved[first]) {
      first++;
   }
   if (saved[0]) {
      snprintf(record->advice, sizeof record->advice, "The function survives as it is.%s", keep_alive);
   } else if (first < VARIANTS) {
      snprintf(record->advice,
               sizeof record->advice,
               "With the URI as given the function is lost for the whole of its time. Add %s to it.%s",
               uri_options[first],
               keep_alive);
   } else {
      phase_fail(drill,
                 phase,
                 "expected one of the settings tried to save the function, found none that does. %s",
                 drill_invocation(drill, drill->results->invocation_count - 1)->reason);
   }
}

/* A function that is lost as expected is no failure of the drill, when another setting saves it. */
static void
judge_variants(struct drill *drill, size_t phase, const struct crowd *crowd, double probe_s)
{
   struct drill_phase *record = drill_phase(drill, phase);
   bool saved[VARIANTS];
   for (size_t i = 0; i < VARIANTS; i++) {
      const struct drill_invocation *invocation = drill_invocation(drill, crowd->members[i].number);
      saved[i] = invocation->verdict == DRILL_PASS;
      if (saved[i] && (record->recover_ms < 0 || invocation->thaw_to_answer_ms < record->recover_ms)) {
         record->recover_ms = invocation->thaw_to_answer_ms;
      }
      if (invocation->frozen_ms > record->frozen_ms) {
         record->frozen_ms = invocation->frozen_ms;
         record->frozen_cpu_ms = invocation->frozen_cpu_ms;
      }
   }
   advise(drill, phase, saved, probe_s);
}

static int
drop(struct drill *drill, size_t phase, struct crowd *crowd, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   if (crowd_invoke(crowd, NULL, error) != 0) {
      return -1;
   }
   for (size_t i = 0; i < crowd->count; i++) {
      const struct drill_invocation *invocation = drill_invocation(drill, crowd->members[i].number);
      if (invocation->verdict == DRILL_FAIL) {
         phase_fail(drill, phase, "%s, before anything was dropped: %s", crowd->members[i].name, invocation->reason);
         return 0;
      }
   }
   double probe_s = keep_alive_next_s(front_port(front, (unsigned)front_primary(front)));
   front_drop_connections(front);
   unsigned freeze_ms = drill->options->freeze_ms < FREEZE_MAX_MS ? drill->options->freeze_ms : FREEZE_MAX_MS;
   if (drill_freeze(drill, freeze_ms, "suspended, its connections dropped", error) != 0) {
      return -1;
   }
   if (crowd_invoke(crowd, NULL, error) != 0) {
      return -1;
   }
   judge_variants(drill, phase, crowd, probe_s);
   return 0;
}

static int
by_setting(const void *left, const void *right)
{
   const struct drill_invocation *a = left, *b = right;
   return a->cold != b->cold ? (a->cold ? -1 : 1) : a->instance - b->instance;
}

/* As they were named, not as they happened to end. */
static void
sort_invocations(struct drill_results *results, size_t phase)
{
   size_t first = results->invocation_count;
   while (first > 0 && results->invocations[first - 1].phase == phase) {
      first--;
   }
   qsort(results->invocations + first, results->invocation_count - first, sizeof *results->invocations, by_setting);
}

int
phase_dropped(struct drill *drill, size_t phase, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   if (front == NULL) {
      phase_skip(
         drill, phase, "packets can be dropped by the emulated replica set only: expected --server, found --uri");
      return 0;
   }
   /* Its connections would be dropped too. */
   function_destroy(drill->function);
   drill->function = NULL;
   struct crowd crowd;
   if (crowd_init(&crowd, drill, phase, VARIANTS, names, uri_options, error) != 0) {
      return -1;
   }
   int result = drop(drill, phase, &crowd, error);
   crowd_clear(&crowd);
   sort_invocations(drill->results, phase);
   return result;
}
