/*
 * SnapStart: the function initialises, asks restore/next, and is suspended there. Its connections end meanwhile by RST,
 * because the machine that they belonged to is gone. Then the function, in place of a copy, goes on with its first
 * event.
 *
 * Lambda runs several copies of one snapshot, but a process can't be copied here. What all copies would share is in the
 * memory at the snapshot, so the drill looks there for the ids that are sent after the restore: every copy would send
 * an id that is found there.
 */
#include "clock.h"
#include "phase.h"
#include "phase_kinds.h"
#include "uniqueness.h"

#include <stdio.h>
#include <string.h>

#define NAME "restored"

/* The phase shows anyway what such a function does. */
#define NOT_RESTORABLE                                                                                                \
   "the function never called restore/next, so Lambda does not restore it: a custom runtime must call it once after " \
   "its init, as AWS's managed runtimes with SnapStart do"

static void
tell_failed_init(struct drill *drill, size_t phase, const struct invocation_result *result)
{
   phase_fail(drill,
              phase,
              "init with AWS_LAMBDA_INITIALIZATION_TYPE=snap-start failed: %s%s%.300s",
              result->error_type,
              result->payload == NULL ? "" : ": ",
              result->payload == NULL ? "" : result->payload);
}

static void
tell_what_ended(struct drill_phase *record, size_t ended)
{
   char last[sizeof record->driver_did];
   snprintf(last, sizeof last, "%s", record->driver_did);
   if (ended == 0) {
      snprintf(
         record->driver_did, sizeof record->driver_did, "no connection was open at the snapshot; then %.200s", last);
   } else {
      const char *many = ended == 1 ? "" : "s";
      snprintf(record->driver_did,
               sizeof record->driver_did,
               "%zu connection%s ended by RST; then %.200s",
               ended,
               many,
               last);
   }
}

static int
restore(struct drill *drill, size_t phase, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   size_t ended = front == NULL ? 0 : front_end_connections(front, FRONT_ENDING_RESET, FRONT_ALL);
   if (drill_freeze(drill, drill->options->freeze_ms, "suspended, as a snapshot", error) != 0) {
      return -1;
   }
   size_t number;
   int64_t thawed_us = clock_now_us();
   if (phase_invoke(drill, phase, NAME, &number, error) != 0) {
      return -1;
   }
   struct drill_phase *record = drill_phase(drill, phase);
   tell_what_ended(record, ended);
   record->recover_ms = drill_invocation(drill, number)->thaw_to_answer_ms;
   if (front != NULL) {
      uniqueness_look(drill, thawed_us);
   }
   return 0;
}

static int
run(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error)
{
   (void)step;
   function_destroy(drill->function);
   drill->function = function_new(drill, NULL, 0, error);
   if (drill->function == NULL) {
      return -1;
   }
   struct invocation_result result = {0};
   bool restorable = false;
   witness_counts(drill->witness, &drill->seen);
   live_doing(drill->live, "initialised", 0);
   int failed = environment_take_snapshot(drill->function->environment, &restorable, &result, error);
   if (failed > 0) {
      tell_failed_init(drill, phase, &result);
   }
   invocation_result_clear(&result);
   if (failed == 0) {
      failed = restore(drill, phase, error);
      if (failed == 0 && !restorable) {
         phase_skip(drill, phase, NOT_RESTORABLE);
      }
   }
   /* The next phase starts another function, without SnapStart. */
   drill_end_function(drill);
   return failed < 0 ? -1 : 0;
}

const struct phase_kind phase_restore = {
   .name = "restore",
   .title = "Restored from a snapshot taken after init",
   .help = "by name only: suspended after its init, in restore/next, as for\n"
           "a SnapStart snapshot; its connections end by RST",
   .is_lambdas = true,
   .run = run,
};
