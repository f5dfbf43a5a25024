/*
 * How idle connections end while a function is suspended. A driver can notice a FIN, which waits for a suspended
 * process, and an RST, which answers the first write after the long freeze of a microVM. It can't notice a silent end:
 * firewalls and NAT gateways forget idle connections, and many then drop packets without an answer. AWS's NAT gateway
 * forgets after 350 s (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html). The same
 * function is tried with several URI settings side by side, each in an environment of its own.
 */
#include "crowd.h"
#include "dropped_advice.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than the driver's socketCheckIntervalMS (5 s), after which single-threaded clients check a connection before
 * they write. */
#define FREEZE_MAX_MS 10000

/* A function may wait for both timeouts, one after the other, and also needs time for its work. */
#define PART_OF_TIMEOUT 3
#define CONNECT_MAX_MS 3000
#define SOCKET_MAX_MS 5000

#define VARIANTS 4

/* Shorter than socketCheckIntervalMS, so no driver checks a connection before it writes. */
#define NOTICED_FREEZE_MS 1000

#define NOTHING_OPEN "no open connection could be dropped: the function closes its connections before it answers"

struct variants {
   char connect[40];
   char socket[40];
   char both[80];
   struct member_plan plans[VARIANTS];
};

/* A fraction of the function's time limit, rounded down, and at most most_ms. */
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
   write_text(TEXT_OUT(variants->connect), "connectTimeoutMS=%u", timeout_to_try(timeout_ms, CONNECT_MAX_MS));
   write_text(TEXT_OUT(variants->socket), "socketTimeoutMS=%u", timeout_to_try(timeout_ms, SOCKET_MAX_MS));
   write_text(TEXT_OUT(variants->both), "%s&%s", variants->connect, variants->socket);
   const struct member_plan plans[VARIANTS] = {{"URI as given", {.uri_options = NULL}},
                                               {variants->connect, {.uri_options = variants->connect}},
                                               {variants->socket, {.uri_options = variants->socket}},
                                               {"both", {.uri_options = variants->both}}};
   memcpy(variants->plans, plans, sizeof plans);
}

/* Fills in one entry for each setting of crowd, in that order, and the phase's times. */
static void
look_at_settings(struct drill *drill,
                 const struct crowd *crowd,
                 const struct variants *variants,
                 struct dropped_setting *settings)
{
   struct drill_phase *record = drill_phase(drill);
   unsigned tried = 0, good = 0;
   for (size_t i = 0; i < VARIANTS; i++) {
      const struct drill_invocation *one = crowd_invocation(crowd, i);
      bool is_tried = !crowd->members[i].left_out, recovered = is_tried && one->verdict == DRILL_PASS;
      double took_ms = drill_recovery_ms(drill, one);
      settings[i] = (struct dropped_setting){.uri_options = variants->plans[i].wish.uri_options,
                                             .outcome = !is_tried   ? DROPPED_NOT_TRIED
                                                        : recovered ? DROPPED_SAVED
                                                                    : DROPPED_LOST,
                                             .answer_ms = took_ms};
      tried += is_tried ? 1 : 0;
      good += recovered ? 1 : 0;
      if (recovered && (record->recover_ms < 0 || took_ms < record->recover_ms)) {
         record->recover_ms = took_ms;
      }
      if (one->frozen_ms > record->frozen_ms) {
         record->frozen_ms = one->frozen_ms;
         record->frozen_cpu_ms = one->frozen_cpu_ms;
      }
   }
   write_text(TEXT_OUT(record->driver_did), "recovered with %u of %u URI settings", good, tried);
}

/* If another setting helps, a function that hangs as expected does not fail the drill. */
static void
judge_variants(struct drill *drill, const struct crowd *crowd, const struct variants *variants, const char *keep_alive)
{
   struct drill_phase *record = drill_phase(drill);
   struct dropped_setting settings[VARIANTS];
   look_at_settings(drill, crowd, variants, settings);
   if (!dropped_advice(TEXT_OUT(record->advice), settings, VARIANTS, drill->options->timeout_ms)) {
      phase_fail(drill, "recovered with none of the URI settings tried. %s", crowd_invocation(crowd, 0)->reason);
   } else if (keep_alive[0] != '\0') {
      append_text(TEXT_OUT(record->advice), " %s", keep_alive);
   }
}

/* Returns false when nothing can be learned, because the URI as given does not work. */
static bool
all_are_open(struct drill *drill, struct crowd *crowd)
{
   const struct drill_invocation *given = crowd_invocation(crowd, 0);
   if (given->verdict == DRILL_FAIL) {
      phase_fail(drill, "%s, before any connection was dropped: %s", crowd->members[0].name, given->reason);
      return false;
   }
   for (size_t i = 1; i < crowd->count; i++) {
      /* A driver that does not know a setting, or not as a URI option, refuses the URI at once. */
      if (crowd_invocation(crowd, i)->verdict == DRILL_FAIL) {
         crowd->members[i].left_out = true;
         phase_excuse_option(crowd_invocation(crowd, i), "any connection is dropped");
      }
   }
   return true;
}

static unsigned
freeze_of(const struct drill *drill, unsigned most_ms)
{
   return drill->options->freeze_ms < most_ms ? drill->options->freeze_ms : most_ms;
}

/* Not every platform suspends an idle process. */
static const char *
while_idle(const struct drill *drill, const char *suspended)
{
   return drill_runs_on(drill) ? "idle, its connections ended" : suspended;
}

static int
drop(struct drill *drill, struct crowd *crowd, const struct variants *variants, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   if (crowd_invoke(crowd, NULL, error) != 0) {
      return -1;
   }
   if (!all_are_open(drill, crowd)) {
      return 0;
   }
   double probe_s = keep_alive_next_s(front_port(front, (unsigned)front_primary(front)));
   if (front_end_connections(front, FRONT_ENDING_SILENT, FRONT_ALL) == 0) {
      phase_skip(drill, NOTHING_OPEN);
      return 0;
   }
   unsigned freeze_ms = freeze_of(drill, FREEZE_MAX_MS);
   if (drill_freeze(drill, freeze_ms, while_idle(drill, "suspended, its connections dropped"), error) != 0 ||
       crowd_invoke(crowd, NULL, error) != 0) {
      return -1;
   }
   char keep_alive[256];
   keep_alive_advice(TEXT_OUT(keep_alive), probe_s, freeze_ms / 1e3, drill->options->timeout_ms / 1e3);
   judge_variants(drill, crowd, variants, keep_alive);
   return 0;
}

/* Tests the two ends that a driver can notice, on one function with the URI as given. */
static int
end_connections(struct drill *drill, enum front_ending ending, const char *name, struct drill_error *error)
{
   if (phase_get_ready(drill, name, error) != 0) {
      return -1;
   }
   if (front_end_connections(deployment_front(drill->deployment), ending, FRONT_ALL) == 0) {
      return 0;
   }
   unsigned freeze_ms = freeze_of(drill, NOTICED_FREEZE_MS);
   if (drill_freeze(drill, freeze_ms, while_idle(drill, "suspended, its connections ended"), error) != 0) {
      return -1;
   }
   return phase_invoke(drill, name, error) == NULL ? -1 : 0;
}

static int
by_setting(const void *left, const void *right)
{
   const struct drill_invocation *a = left, *b = right;
   return a->cold != b->cold ? (a->cold ? -1 : 1) : a->instance - b->instance;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   (void)step;
   if (end_connections(drill, FRONT_ENDING_CLOSED, "ended by FIN", error) != 0 ||
       end_connections(drill, FRONT_ENDING_RESET, "ended by RST", error) != 0) {
      return -1;
   }
   /* Otherwise its connections would be dropped, too. */
   drill_end_function(drill);
   struct variants variants;
   choose_variants(&variants, drill->options->timeout_ms);
   struct crowd crowd;
   size_t first = drill->results->invocation_count;
   if (crowd_init(&crowd, drill, VARIANTS, variants.plans, VARIANTS, error) != 0) {
      return -1;
   }
   int result = drop(drill, &crowd, &variants, error);
   crowd_clear(&crowd);
   /* The invocations are in the order in which they ended; results show them in the order of the settings. */
   struct drill_results *results = drill->results;
   qsort(results->invocations + first, results->invocation_count - first, sizeof *results->invocations, by_setting);
   return result;
}

const struct phase_kind phase_dropped = {
   .name = "dropped",
   .title = "Idle connections dropped while the process was suspended",
   .running_title = "Idle connections dropped between the invocations",
   .help = "its idle connections end while it is suspended: by FIN, by RST,\n"
           "and silently, as at NAT gateways; the last with several URI\n"
           "settings side by side",
   .by_default = true,
   .needs_front = "needs the emulated replica set (--server), which can drop packets",
   .run = run,
};
