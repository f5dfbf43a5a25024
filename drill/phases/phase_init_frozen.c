/*
 * Freezes the function between init and its first event, as with provisioned concurrency, or with a minimum of
 * instances on other platforms. The connections that init made are idle for the whole freeze, and end meanwhile.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>
#include <string.h>

#define SETTING "socketTimeoutMS=5000"

/* Makes a fresh function that has been initialised and is at rest. Returns 0; 1 when its init failed, which fails the
 * phase; -1 with error set. */
static int
initialise(struct drill *drill, const char *uri_options, struct drill_error *error)
{
   struct invocation_result result = {0};
   if (drill_new_function(drill, uri_options, 0, error) != 0) {
      return -1;
   }
   live_doing(drill->live, "initialised", 0);
   int failed = environment_initialise(drill->function->environment, &result, error);
   if (failed > 0) {
      phase_fail_init(drill, "init failed", &result);
   }
   invocation_result_clear(&result);
   return failed;
}

/* Sets *one to the invocation, and *ended to how many connections of init the front ended. Returns the same as
 * initialise. */
static int
hold(struct drill *drill,
     enum front_ending ending,
     const char *uri_options,
     const struct drill_invocation **one,
     size_t *ended,
     struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   char name[64];
   int failed = initialise(drill, uri_options, error);
   if (failed != 0) {
      return failed;
   }
   *ended = front == NULL ? 0 : front_end_connections(front, ending, FRONT_ALL);
   if (drill_freeze(drill, drill->options->freeze_ms, "idle after its init", error) != 0) {
      return -1;
   }
   write_text(TEXT_OUT(name),
              "init_frozen%s%s",
              front == NULL                   ? ""
              : ending == FRONT_ENDING_CLOSED ? ", FIN"
                                              : ", silent",
              uri_options == NULL ? "" : ", " SETTING);
   *one = phase_invoke(drill, name, error);
   return *one == NULL ? -1 : 0;
}

/* For a function that hangs: tests whether a socket timeout helps. */
static int
try_setting(struct drill *drill, struct drill_error *error)
{
   size_t ended;
   const struct drill_invocation *one;
   struct drill_phase *record = drill_phase(drill);
   int failed = hold(drill, FRONT_ENDING_SILENT, SETTING, &one, &ended, error);
   if (failed == 0 && one->verdict == DRILL_PASS) {
      write_text(TEXT_OUT(record->advice),
                 "With " SETTING " in the URI it answered %.1f s after the event. Or send no command during init: "
                 "then the first invocation opens a fresh connection.",
                 one->duration_ms / 1e3);
   } else if (failed == 0) {
      write_text(
         TEXT_OUT(record->advice),
         SETTING
         " in the URI does not help. Send no command during init: then the first invocation opens a fresh connection.");
   }
   return failed < 0 ? -1 : 0;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   static const enum front_ending ways[] = {FRONT_ENDING_CLOSED, FRONT_ENDING_SILENT};
   size_t count = deployment_front(drill->deployment) == NULL ? 1 : 2;
   char did[256] = "";
   int failed = 0;
   for (size_t i = 0; i < count * step->times && failed == 0; i++) {
      enum front_ending ending = ways[i % count];
      const struct drill_invocation *one;
      size_t ended;
      failed = hold(drill, ending, NULL, &one, &ended, error);
      if (failed != 0) {
         break;
      }
      phase_recovered(drill, drill_recovery_ms(drill, one));
      append_text(TEXT_OUT(did),
                  "%s%zu connection%s of init ended %s: %s",
                  did[0] == '\0' ? "" : "; ",
                  ended,
                  ended == 1 ? "" : "s",
                  ending == FRONT_ENDING_CLOSED ? "by FIN" : "silently",
                  one->verdict == DRILL_PASS ? "answered" : one->outcome);
      if (ending == FRONT_ENDING_SILENT && one->verdict == DRILL_FAIL) {
         failed = try_setting(drill, error);
      }
   }
   memcpy(drill_phase(drill)->driver_did, did, sizeof did);
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
