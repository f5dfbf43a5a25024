/* SnapStart: the function initialises, asks restore/next, and is suspended there. Meanwhile its connections end by RST,
 * because the machine that they belonged to is gone. Then the function itself, in place of a copy, goes on with its
 * first event.
 *
 * Lambda runs several copies of one snapshot, but a process can't be copied here. What all copies would share is in the
 * memory at the snapshot, so the drill looks there for the ids that are sent after the restore: every copy would send
 * an id that is found there.
 */
#include "clock.h"
#include "phase.h"
#include "phase_kinds.h"

#include <bson/bson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "restored"

/* ObjectId: four bytes of time, five random bytes, three of a counter (BSON ObjectID specification). */
#define RANDOM_AT 4
#define RANDOM_BYTES 5

/* The phase still shows what such a function does. */
#define NOT_RESTORABLE                                                                                                \
   "the function never called restore/next, so Lambda does not restore it: a custom runtime must call it once after " \
   "its init, as AWS's managed runtimes with SnapStart do"

static void
tell_what_ended(struct drill_phase *record, size_t ended)
{
   const char *did = record->driver_did;
   if (ended == 0) {
      write_text(TEXT_OUT(record->driver_did), "no connection was open at the snapshot; then %.200s", did);
   } else {
      write_text(
         TEXT_OUT(record->driver_did), "%zu connection%s ended by RST; then %.200s", ended, ended == 1 ? "" : "s", did);
   }
}

static void
look_at_id(struct drill *drill, const char *id)
{
   struct judge_restore *restore = &drill->restore;
   bson_oid_t bytes;
   bson_oid_init_from_string(&bytes, id);
   restore->ids++;
   if (memory_copy_has(environment_snapshot(drill->function->environment), bytes.bytes + RANDOM_AT, RANDOM_BYTES)) {
      restore->ids_shared++;
      if (restore->sessions_shared == 0) {
         write_text(TEXT_OUT(restore->example), "%s", id);
      }
   }
}

static void
look_at_ids(struct drill *drill, int64_t since_us)
{
   size_t count;
   struct witness_write *writes = front_writes(deployment_front(drill->deployment), &count, NULL);
   for (size_t i = 0; i < count; i++) {
      bool is_object_id = bson_oid_is_valid(writes[i].id, strlen(writes[i].id));
      if (writes[i].at_us >= since_us && !writes[i].is_delete && !writes[i].retry && is_object_id) {
         look_at_id(drill, writes[i].id);
      }
   }
   free(writes);
}

/* endSessions ends the sessions of init; it does not use them. */
static bool
has_session(const struct witness_command *command)
{
   static const uint8_t none[WITNESS_SESSION_BYTES];
   return command->has_session && strcmp(command->name, "endSessions") != 0 &&
          memcmp(command->session, none, sizeof none) != 0;
}

static bool
came_before(const struct witness_facts *facts, size_t index, int64_t since_us)
{
   const struct witness_command *command = &facts->commands[index];
   for (size_t i = index; i > 0 && facts->commands[i - 1].start_us >= since_us; i--) {
      const struct witness_command *before = &facts->commands[i - 1];
      if (has_session(before) && memcmp(before->session, command->session, WITNESS_SESSION_BYTES) == 0) {
         return true;
      }
   }
   return false;
}

static void
look_at_sessions(struct drill *drill, int64_t since_us)
{
   struct judge_restore *restore = &drill->restore;
   struct witness_facts facts;
   if (witness_facts_init(&facts, drill->witness)) {
      for (size_t i = 0; i < facts.command_count; i++) {
         const struct witness_command *command = &facts.commands[i];
         if (command->start_us < since_us || !has_session(command) || came_before(&facts, i, since_us)) {
            continue;
         }
         restore->sessions++;
         if (memory_copy_has(
                environment_snapshot(drill->function->environment), command->session, WITNESS_SESSION_BYTES)) {
            restore->sessions_shared++;
            for (size_t j = 0; j < WITNESS_SESSION_BYTES; j++) {
               snprintf(restore->example + 2 * j, 3, "%02x", command->session[j]);
            }
         }
      }
   }
   witness_facts_clear(&facts);
}

/* Looks at what the front saw of the drill's own function since since_us, and adds findings to drill->restore. */
static void
look_for_shared_ids(struct drill *drill, int64_t since_us)
{
   drill->was_restored = true;
   drill->restore.memory_known = environment_snapshot(drill->function->environment) != NULL;
   if (drill->restore.memory_known) {
      look_at_ids(drill, since_us);
      look_at_sessions(drill, since_us);
   }
}

static int
restore(struct drill *drill, struct drill_error *error)
{
   struct front *front = deployment_front(drill->deployment);
   size_t ended = front == NULL ? 0 : front_end_connections(front, FRONT_ENDING_RESET, FRONT_ALL);
   if (drill_freeze(drill, drill->options->freeze_ms, "suspended, as a snapshot", error) != 0) {
      return -1;
   }
   int64_t thawed_us = clock_now_us();
   const struct drill_invocation *one = phase_invoke(drill, NAME, error);
   if (one == NULL) {
      return -1;
   }
   tell_what_ended(drill_phase(drill), ended);
   drill_phase(drill)->recover_ms = one->thaw_to_answer_ms;
   if (front != NULL) {
      look_for_shared_ids(drill, thawed_us);
   }
   return 0;
}

static int
run(struct drill *drill, const struct step *step, struct drill_error *error)
{
   (void)step;
   struct invocation_result result = {0};
   bool restorable = false;
   if (drill_new_function(drill, NULL, 0, error) != 0) {
      return -1;
   }
   live_doing(drill->live, "initialised", 0);
   int failed = environment_take_snapshot(drill->function->environment, &restorable, &result, error);
   if (failed > 0) {
      phase_fail_init(drill, "init with AWS_LAMBDA_INITIALIZATION_TYPE=snap-start failed", &result);
   }
   invocation_result_clear(&result);
   if (failed == 0) {
      failed = restore(drill, error);
   }
   if (failed == 0 && !restorable) {
      phase_skip(drill, NOT_RESTORABLE);
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
   .lambda_only = true,
   .run = run,
};
