#include "uniqueness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ObjectId: four bytes of time, five random bytes, three of a counter (BSON ObjectID specification). */
#define ID_DIGITS 24
#define RANDOM_AT 4
#define RANDOM_BYTES 5

static void
remember(struct judge_restore *restore, const uint8_t *bytes, size_t length)
{
   for (size_t i = 0; i < length && 2 * i + 2 < sizeof restore->example; i++) {
      snprintf(restore->example + 2 * i, 3, "%02x", bytes[i]);
   }
}

static void
look_at_id(struct drill *drill, const char *id)
{
   struct judge_restore *restore = &drill->restore;
   uint8_t bytes[ID_DIGITS / 2];
   for (size_t i = 0; i < sizeof bytes; i++) {
      const char digits[3] = {id[2 * i], id[2 * i + 1], '\0'};
      bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
   }
   restore->ids++;
   if (environment_snapshot_has(drill->function->environment, bytes + RANDOM_AT, RANDOM_BYTES)) {
      restore->ids_shared++;
      if (restore->sessions_shared == 0) {
         remember(restore, bytes, sizeof bytes);
      }
   }
}

static void
look_at_ids(struct drill *drill, int64_t since_us)
{
   size_t count;
   struct front_write *writes = front_writes(deployment_front(drill->deployment), &count);
   for (size_t i = 0; i < count; i++) {
      bool is_object_id = strlen(writes[i].id) == ID_DIGITS && writes[i].id[0] != '#';
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
         if (environment_snapshot_has(drill->function->environment, command->session, WITNESS_SESSION_BYTES)) {
            restore->sessions_shared++;
            remember(restore, command->session, WITNESS_SESSION_BYTES);
         }
      }
   }
   witness_facts_clear(&facts);
}

void
uniqueness_look(struct drill *drill, int64_t since_us)
{
   drill->was_restored = true;
   drill->restore.memory_known = environment_knows_snapshot(drill->function->environment);
   if (drill->restore.memory_known) {
      look_at_ids(drill, since_us);
      look_at_sessions(drill, since_us);
   }
}
