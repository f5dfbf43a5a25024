/*
 * Freezes the function between init and its first event, as with provisioned concurrency, or with a minimum of
 * instances on other platforms. The connections that init made are idle for the whole freeze, and end meanwhile.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
#include "append.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>
#include <string.h>

#define SETTING "socketTimeoutMS=5000"

/* Makes a fresh function that has been initialised and is at rest. Returns 0; 1 when its init failed, which fails the
 * phase; -1 with error set. */
static int
initialise(struct drill *drill, size_t phase, const char *uri_options, struct drill_error *error)
{
   struct invocation_result result = {0};
   function_destroy(drill->function);
   drill->function = function_new(drill, uri_options, 0, error);
   if (drill->function == NULL) {
      return -1;
   }
   witness_counts(drill->witness, &drill->seen);
   live_doing(drill->live, "initialised", 0);
   int failed = environment_initialise(drill->function->environment, &result, error);
   if (failed > 0) {
      phase_fail(drill,
                 phase,
                 "init failed: %s%s%.300s",
                 result.error_type,
                 result.payload == NULL ? "" : ": ",
                 result.payload == NULL ? "" : result.payload);
   }
   invocation_result_clear(&result);
   return failed;
}

/* *ended: how many connections of init the front ended. Returns the same as initialise. */
static int
hold(struct drill *drill,
     size_t phase,
     enum front_ending ending,
     const char *uri_options,
     size_t *number,
     size_t *ended,
     struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   char name[64];
   int failed = initialise(drill, phase, uri_options, error);
   if (failed != 0) {
      return failed;
   }
   *ended = front == NULL ? 0 : front_end_connections(front, ending, FRONT_ALL);
   if (drill_freeze(drill, drill->options->freeze_ms, "idle after its init", error) != 0) {
      return -1;
   }
   (void)snprintf(name,
                  sizeof name,
                  "init_frozen%s%s",
                  front == NULL                   ? ""
                  : ending == FRONT_ENDING_CLOSED ? ", FIN"
                                                  : ", silent",
                  uri_options == NULL ? "" : ", " SETTING);
   return phase_invoke(drill, phase, name, number, error);
}

/* For a function that hangs: tests whether a socket timeout helps. */
static int
try_setting(struct drill *drill, size_t phase, struct drill_error *error)
{
   size_t number, ended;
   struct drill_phase *record = drill_phase(drill, phase);
   int failed = hold(drill, phase, FRONT_ENDING_SILENT, SETTING, &number, &ended, error);
   if (failed != 0) {
      return failed < 0 ? -1 : 0;
   }
   const struct drill_invocation *one = drill_invocation(drill, number);
   bool helps = one->verdict == DRILL_PASS;
   if (helps) {
      (void)snprintf(record->advice,
                     sizeof record->advice,
                     "With " SETTING " in the URI it answered %.1f s after the event. Or send no command during init: "
                     "then the first invocation opens a fresh connection.",
                     one->duration_ms / 1e3);
   } else {
      (void)snprintf(
         record->advice,
         sizeof record->advice,
         SETTING
         " in the URI does not help. Send no command during init: then the first invocation opens a fresh connection.");
   }
   return 0;
}

static int
run(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error)
{
   static const enum front_ending ways[] = {FRONT_ENDING_CLOSED, FRONT_ENDING_SILENT};
   size_t count = deployment_front(drill->deployment) == NULL ? 1 : 2;
   char did[256] = "";
   int failed = 0;
   for (size_t i = 0; i < count * step->times && failed == 0; i++) {
      enum front_ending ending = ways[i % count];
      size_t number = 0, ended = 0;
      failed = hold(drill, phase, ending, NULL, &number, &ended, error);
      if (failed != 0) {
         break;
      }
      const struct drill_invocation *one = drill_invocation(drill, number);
      struct drill_phase *record = drill_phase(drill, phase);
      double took_ms = drill_recovery_ms(drill, number);
      record->recover_ms = took_ms > record->recover_ms ? took_ms : record->recover_ms;
      append_text(did,
                  sizeof did,
                  "%s%zu connection%s of init ended %s: %s",
                  did[0] == '\0' ? "" : "; ",
                  ended,
                  ended == 1 ? "" : "s",
                  ending == FRONT_ENDING_CLOSED ? "by FIN" : "silently",
                  one->verdict == DRILL_PASS ? "answered" : one->outcome);
      if (ending == FRONT_ENDING_SILENT && one->verdict == DRILL_FAIL) {
         failed = try_setting(drill, phase, error);
      }
   }
   struct drill_phase *record = drill_phase(drill, phase);
   memcpy(record->driver_did, did, sizeof record->driver_did);
   drill_end_function(drill);
   return failed < 0 ? -1 : 0;
}

const struct phase_kind phase_init_frozen = {
   .name = "init_frozen",
   .title = "Frozen between init and the first event",
   .running_title = "Idle between init and the first event",
   .help = "by name only: frozen between init and the first event (provisioned\n"
           "concurrency), while the connections made by init end, by FIN and silently",
   .run = run,
};
