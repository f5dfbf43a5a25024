/*
 * Changes the password while the process is suspended, and closes its connections, as a secret rotation does. A process
 * that read its secret once at its start can't succeed then, but it can say so at once. The next process gets the new
 * password.
 */
#include "append.h"
#include "phase.h"
#include "phase_kinds.h"

#include <stdio.h>
#include <string.h>

/* Authentication fails on the first connection, so a function that takes longer than this keeps retrying. */
#define LONG_MS 10000

/* True if the error says what is wrong. */
static bool
names_authentication(const struct drill_invocation *one)
{
   return strcasestr(one->reason, "auth") != NULL || strcasestr(one->error_type, "auth") != NULL ||
          strcasestr(one->answer, "auth") != NULL;
}

static void
judge(struct drill *drill, size_t phase, const struct drill_invocation *one)
{
   double seconds = one->duration_ms / 1e3;
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      phase_fail(drill,
                 phase,
                 "with the old password the function hung until its time limit of %g s, although the server refuses it "
                 "at once. Pass the error on: retrying does not help",
                 drill->options->timeout_ms / 1e3);
   } else if (drill_reported_success(one)) {
      phase_fail(drill,
                 phase,
                 "with the old password, which the server refuses, the function reported success%s",
                 one->has_report ? "" : ". Pass the error on, or answer with status 500");
   } else if (!drill_ended_as(one, INVOCATION_ANSWERED) && !drill_ended_as(one, INVOCATION_FUNCTION_ERROR)) {
      phase_fail(drill, phase, "with the old password: %s after %.1f s. %.300s", one->outcome, seconds, one->reason);
   } else if (one->duration_ms > LONG_MS) {
      phase_fail(drill,
                 phase,
                 "with the old password the function failed only after %.1f s, although the server refuses it at once. "
                 "Pass the first error on: retrying does not help",
                 seconds);
   }
}

static void
tell(struct drill_phase *record,
     const struct drill_invocation *old,
     const struct drill_invocation *new,
     const char *by_file)
{
   char *text = record->driver_did;
   size_t size = sizeof record->driver_did;
   (void)snprintf(text, size, "with the old password: %s after %.1f s", old->outcome, old->duration_ms / 1e3);
   if (old->verdict != DRILL_PASS) {
      append_text(text,
                  size,
                  ", and the error %s that authentication failed",
                  names_authentication(old) ? "says" : "does not say");
   }
   if (by_file[0] != '\0') {
      append_text(text, size, "; %s", by_file);
   }
   append_text(text, size, "; a new process with the new password: %s", new->outcome);
   if (by_file[0] != '\0') {
      return;
   }
   (void)snprintf(
      record->advice,
      sizeof record->advice,
      "A process that reads its password from its environment keeps the old one until it ends, and the platform goes "
      "on sending it events. After an authentication error, read the secret again and create a new client, or end the "
      "process. Rotate between two users, so that the old password stays valid for a while.");
}

/* A function that can read the file again may recover instead of failing. */
static bool
has_file(const struct drill *drill)
{
   return drill->options->uri_file_variable != NULL;
}

/* True only if a command of the function succeeded at the database; an answer alone proves nothing. */
static bool
recovered(struct drill *drill, const struct drill_invocation *one, const struct witness_counts *before)
{
   struct witness_counts now;
   witness_counts(drill->witness, &now);
   return drill_reported_success(one) && !one->cold &&
          now.commands - now.commands_failed > before->commands - before->commands_failed;
}

/* A failure of the function does not fail the phase. */
static int
meet_old_password(struct drill *drill, size_t phase, size_t *number, struct drill_error *error)
{
   live_doing(drill->live, "changing the password", 0);
   if (deployment_new_password(drill->deployment, error) != 0) {
      return -1;
   }
   front_end_connections(deployment_front(drill->deployment), FRONT_ENDING_CLOSED, FRONT_ALL);
   if ((!drill_runs_on(drill) &&
        drill_freeze(drill, drill->options->freeze_ms, "suspended, the password has changed", error) != 0) ||
       drill_invoke(drill, drill->function, phase, "rotated, old password", number, error) != 0) {
      return -1;
   }
   drill_invocation(drill, *number)->excused = true;
   return 0;
}

/* The file has had the new password for one invocation, so the next invocation must know it. */
static int
read_again(struct drill *drill, size_t phase, char *text, size_t size, struct drill_error *error)
{
   struct witness_counts before;
   size_t next;
   witness_counts(drill->witness, &before);
   if (drill_invoke(drill, drill->function, phase, "rotated, next event", &next, error) != 0) {
      return -1;
   }
   struct drill_invocation *one = drill_invocation(drill, next);
   one->excused = true;
   if (recovered(drill, one, &before)) {
      (void)snprintf(text, size, "the next event, with the new password in its file: answered, in the same process");
      return 0;
   }
   (void)snprintf(text, size, "the next event, with the new password in its file: %s", one->outcome);
   phase_fail(drill,
              phase,
              "the file named by %s has had the new password for two invocations, and the %s: read it again after an "
              "authentication error, and create a new client",
              drill->options->uri_file_variable,
              one->cold ? "process had to be replaced" : "second one still failed");
   return 0;
}

static int
rotate(struct drill *drill, size_t phase, struct drill_error *error)
{
   size_t old, new;
   if (drill->function == NULL && phase_invoke(drill, phase, "rotated, before", &old, error) != 0) {
      return -1;
   }
   struct witness_counts before;
   witness_counts(drill->witness, &before);
   if (meet_old_password(drill, phase, &old, error) != 0) {
      return -1;
   }
   bool at_once = has_file(drill) && recovered(drill, drill_invocation(drill, old), &before);
   if (!at_once) {
      judge(drill, phase, drill_invocation(drill, old));
   }
   char by_file[128] = "";
   if (at_once) {
      (void)snprintf(by_file, sizeof by_file, "it read the new one from its file");
   } else if (has_file(drill) && read_again(drill, phase, by_file, sizeof by_file, error) != 0) {
      return -1;
   }
   drill_end_function(drill);
   if (phase_invoke(drill, phase, "rotated, new password", &new, error) != 0) {
      return -1;
   }
   struct drill_phase *record = drill_phase(drill, phase);
   if (drill_invocation(drill, old)->frozen_ms > record->frozen_ms) {
      record->frozen_ms = drill_invocation(drill, old)->frozen_ms;
   }
   tell(record, drill_invocation(drill, old), drill_invocation(drill, new), by_file);
   return 0;
}

static int
run(struct drill *drill, size_t phase, const struct step *step, struct drill_error *error)
{
   for (unsigned i = 0; i < step->times; i++) {
      if (rotate(drill, phase, error) != 0) {
         return -1;
      }
   }
   return 0;
}

const struct phase_kind phase_rotated = {
   .name = "rotated",
   .title = "Password changed while the process was suspended",
   .running_title = "Password changed between the invocations",
   .help = "by name only: the password changes and its connections are closed\n"
           "while it is suspended; then a new process gets the new password.\n"
           "With --uri-file-variable it must recover by itself. The whole\n"
           "drill runs as with --secure",
   .is_secure = true,
   .needs_front = "needs the emulated replica set (--server), whose password the drill can change",
   .run = run,
};
