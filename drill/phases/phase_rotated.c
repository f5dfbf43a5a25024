/*
 * Changes the password while the process is suspended, and closes its connections, as a secret rotation does. A process
 * that read its secret once at its start can't succeed then, but it can say so at once. The next process gets the new
 * password.
 */
#include "phase.h"
#include "phase_kinds.h"

#include <math.h>
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
judge(struct drill *drill, const struct drill_invocation *one)
{
   double seconds = one->duration_ms / 1e3;
   if (drill_ended_as(one, INVOCATION_TIMED_OUT)) {
      phase_fail(drill,
                 "with the old password the function hung until its time limit of %g s, although the server refuses it "
                 "at once. Pass the error on: retrying does not help",
                 drill->options->timeout_ms / 1e3);
   } else if (drill_reported_success(one)) {
      phase_fail_hidden_error(drill, "with the old password, which the server refuses,", one);
   } else if (!drill_ended_as(one, INVOCATION_ANSWERED) && !drill_ended_as(one, INVOCATION_FUNCTION_ERROR)) {
      phase_fail(drill, "with the old password: %s after %.1f s. %.300s", one->outcome, seconds, one->reason);
   } else if (one->duration_ms > LONG_MS) {
      phase_fail(drill,
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
   struct text_out out = TEXT_OUT(record->driver_did);
   write_text(out, "with the old password: %s after %.1f s", old->outcome, old->duration_ms / 1e3);
   if (old->verdict != DRILL_PASS) {
      append_text(
         out, ", and the error %s that authentication failed", names_authentication(old) ? "says" : "does not say");
   }
   if (by_file[0] != '\0') {
      append_text(out, "; %s", by_file);
   }
   append_text(out, "; a new process with the new password: %s", new->outcome);
   if (by_file[0] != '\0') {
      return;
   }
   write_text(
      TEXT_OUT(record->advice),
      "A process that reads its password from its environment keeps the old one until it ends, and the platform goes "
      "on sending it events. After an authentication error, read the secret again and create a new client, or end the "
      "process. Rotate between two users, so that the old password stays valid for a while.");
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

static const struct drill_invocation *
meet_old_password(struct drill *drill, struct drill_error *error)
{
   live_doing(drill->live, "changing the password", 0);
   if (deployment_new_password(drill->deployment, error) != 0) {
      return NULL;
   }
   front_end_connections(deployment_front(drill->deployment), FRONT_ENDING_CLOSED, FRONT_ALL);
   if (!drill_runs_on(drill) &&
       drill_freeze(drill, drill->options->freeze_ms, "suspended, the password has changed", error) != 0) {
      return NULL;
   }
   return phase_invoke_excused(drill, "rotated, old password", error);
}

/* The file has had the new password for one invocation, so the next invocation must know it. */
static int
read_again(struct drill *drill, struct text_out out, struct drill_error *error)
{
   struct witness_counts before;
   witness_counts(drill->witness, &before);
   const struct drill_invocation *one = phase_invoke_excused(drill, "rotated, next event", error);
   if (one == NULL) {
      return -1;
   }
   bool has_recovered = recovered(drill, one, &before);
   write_text(out,
              "the next event, with the new password in its file: %s",
              has_recovered ? "answered, in the same process" : one->outcome);
   if (!has_recovered) {
      phase_fail(drill,
                 "the file named by %s has had the new password for two invocations, and the %s: read it again after "
                 "an authentication error, and create a new client",
                 drill->options->database.uri_file_variable,
                 one->cold ? "process had to be replaced" : "second one still failed");
   }
   return 0;
}

static int
rotate(struct drill *drill, struct drill_error *error)
{
   struct witness_counts before;
   if (phase_get_ready(drill, "rotated, before", error) != 0) {
      return -1;
   }
   witness_counts(drill->witness, &before);
   const struct drill_invocation *one = meet_old_password(drill, error);
   if (one == NULL) {
      return -1;
   }
   /* Further invocations move the results. */
   const struct drill_invocation old = *one;
   /* A function that can read the file again may recover instead of failing. */
   bool has_file = drill->options->database.uri_file_variable != NULL;
   bool at_once = has_file && recovered(drill, &old, &before);
   char by_file[128] = "";
   if (at_once) {
      write_text(TEXT_OUT(by_file), "it read the new one from its file");
   } else {
      judge(drill, &old);
   }
   if (has_file && !at_once && read_again(drill, TEXT_OUT(by_file), error) != 0) {
      return -1;
   }
   drill_end_function(drill);
   const struct drill_invocation *new = phase_invoke(drill, "rotated, new password", error);
   if (new == NULL) {
      return -1;
   }
   struct drill_phase *record = drill_phase(drill);
   record->frozen_ms = fmax(record->frozen_ms, old.frozen_ms);
   tell(record, &old, new, by_file);
   return 0;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   for (unsigned i = 0; i < step->times; i++) {
      if (rotate(drill, error) != 0) {
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
