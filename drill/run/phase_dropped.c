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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than the driver's socketCheckIntervalMS (5 s), after which single-threaded clients look before they write. */
#define FREEZE_MAX_MS 10000

/* Both may be waited for, one after the other, and the work needs time, too. */
#define PART_OF_TIMEOUT 3
#define CONNECT_MAX_MS 3000
#define SOCKET_MAX_MS 5000

#define VARIANTS 4

struct variants {
   char connect[40];
   char socket[40];
   char both[80];
   const char *names[VARIANTS];
   const char *uri_options[VARIANTS];
};

/* A part of the function's time, in round numbers. */
static unsigned
timeout_to_try(unsigned timeout_ms, unsigned most_ms)
{
   unsigned part_ms = timeout_ms / PART_OF_TIMEOUT;
   part_ms = part_ms > 100 ? part_ms - part_ms % 100 : part_ms > 0 ? part_ms : 1;
   return part_ms < most_ms ? part_ms : most_ms;
}

static void
choose_variants(struct variants *variants, unsigned timeout_ms)
{
   snprintf(
      variants->connect, sizeof variants->connect, "connectTimeoutMS=%u", timeout_to_try(timeout_ms, CONNECT_MAX_MS));
   snprintf(variants->socket, sizeof variants->socket, "socketTimeoutMS=%u", timeout_to_try(timeout_ms, SOCKET_MAX_MS));
   snprintf(variants->both, sizeof variants->both, "%s&%s", variants->connect, variants->socket);
   const char *const names[VARIANTS] = {"URI as given", variants->connect, variants->socket, "both"};
   const char *const uri_options[VARIANTS] = {NULL, variants->connect, variants->socket, variants->both};
   memcpy(variants->names, names, sizeof names);
   memcpy(variants->uri_options, uri_options, sizeof uri_options);
}

static void
advise(struct drill *drill, size_t phase, const struct variants *variants, const bool *saved, const char *keep_alive)
{
   struct drill_phase *record = drill_phase(drill, phase);
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
      snprintf(record->advice, sizeof record->advice, "The function survives as it is.");
   } else if (first < VARIANTS) {
      snprintf(record->advice,
               sizeof record->advice,
               "With the URI as given the function is lost for the whole of its time. Add %s to it.",
               variants->uri_options[first]);
   } else {
      phase_fail(drill,
                 phase,
                 "expected one of the settings tried to save the function, found none that does. %s",
                 drill_invocation(drill, drill->results->invocation_count - 1)->reason);
   }
   size_t length = strlen(record->advice);
   if (length > 0 && keep_alive[0] != '\0') {
      snprintf(record->advice + length, sizeof record->advice - length, " %s", keep_alive);
   }
}

/* A function that is lost as expected is no failure of the drill, when another setting saves it. */
static void
judge_variants(struct drill *drill,
               size_t phase,
               const struct crowd *crowd,
               const struct variants *variants,
               const char *keep_alive)
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
   advise(drill, phase, variants, saved, keep_alive);
}

static int
drop(struct drill *drill, size_t phase, struct crowd *crowd, const struct variants *variants, struct drill_error *error)
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
   front_end_connections(front, FRONT_ENDING_SILENT, FRONT_ALL);
   unsigned freeze_ms = drill->options->freeze_ms < FREEZE_MAX_MS ? drill->options->freeze_ms : FREEZE_MAX_MS;
   if (drill_freeze(drill, freeze_ms, "suspended, its connections dropped", error) != 0) {
      return -1;
   }
   if (crowd_invoke(crowd, NULL, error) != 0) {
      return -1;
   }
   char keep_alive[256];
   keep_alive_advice(keep_alive, sizeof keep_alive, probe_s, freeze_ms / 1e3, drill->options->timeout_ms / 1e3);
   judge_variants(drill, phase, crowd, variants, keep_alive);
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
   struct variants variants;
   choose_variants(&variants, drill->options->timeout_ms);
   struct crowd crowd;
   if (crowd_init(&crowd, drill, phase, VARIANTS, variants.names, variants.uri_options, error) != 0) {
      return -1;
   }
   int result = drop(drill, phase, &crowd, &variants, error);
   crowd_clear(&crowd);
   sort_invocations(drill->results, phase);
   return result;
}
