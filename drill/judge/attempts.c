#include "attempts.h"

#include <stdlib.h>
#include <string.h>

/* --- what belongs together ---------------------------------------------------------------------------------------- */

/* A command and what it has in common with other attempts: its session, or if it has none, its connection. */
struct entry {
   uint8_t session[WITNESS_SESSION_BYTES];
   size_t connection; /* WITNESS_NONE: it has a session */
   size_t index;
};

static int
compare_keys(const struct entry *a, const struct entry *b)
{
   int order = memcmp(a->session, b->session, sizeof a->session);
   return order != 0 ? order : (a->connection > b->connection) - (a->connection < b->connection);
}

static int
compare(const void *one, const void *other)
{
   const struct entry *a = one, *b = other;
   int order = compare_keys(a, b);
   return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static bool
link_sessions(struct attempts *attempts)
{
   const struct witness_facts *facts = attempts->facts;
   struct entry *entries = calloc(facts->command_count + 1, sizeof *entries);
   if (entries == NULL) {
      return false;
   }
   for (size_t i = 0; i < facts->command_count; i++) {
      const struct witness_command *command = &facts->commands[i];
      entries[i] = (struct entry){.connection = command->has_session ? WITNESS_NONE : command->connection, .index = i};
      if (command->has_session) {
         memcpy(entries[i].session, command->session, sizeof entries[i].session);
      }
   }
   qsort(entries, facts->command_count, sizeof *entries, compare);
   for (size_t i = 0; i < facts->command_count; i++) {
      bool goes_on = i + 1 < facts->command_count && compare_keys(&entries[i], &entries[i + 1]) == 0;
      struct attempts_command *command = &attempts->commands[entries[i].index];
      command->later = goes_on ? entries[i + 1].index : WITNESS_NONE;
      command->opens = i == 0 || compare_keys(&entries[i - 1], &entries[i]) != 0;
   }
   free(entries);
   return true;
}

static void
look_at_connections(struct attempts *attempts)
{
   const struct witness_facts *facts = attempts->facts;
   for (size_t i = 0; i < facts->connection_count; i++) {
      attempts->connections[i] = (struct attempts_connection){WITNESS_NONE, WITNESS_NONE};
   }
   for (size_t i = 0; i < facts->command_count; i++) {
      size_t connection = facts->commands[i].connection;
      if (connection < facts->connection_count && witness_is_work(&facts->commands[i])) {
         struct attempts_connection *by = &attempts->connections[connection];
         by->first = by->first == WITNESS_NONE ? i : by->first;
         by->last = i;
      }
   }
}

bool
attempts_init(struct attempts *attempts, const struct witness_facts *facts, bool alone)
{
   *attempts = (struct attempts){.facts = facts,
                                 .alone = alone,
                                 .commands = calloc(facts->command_count + 1, sizeof *attempts->commands),
                                 .connections = calloc(facts->connection_count + 1, sizeof *attempts->connections)};
   if (attempts->commands == NULL || attempts->connections == NULL || !link_sessions(attempts)) {
      return false;
   }
   look_at_connections(attempts);
   return true;
}

void
attempts_clear(struct attempts *attempts)
{
   free(attempts->commands);
   free(attempts->connections);
   *attempts = (struct attempts){.facts = NULL};
}

/* --- what comes next ---------------------------------------------------------------------------------------------- */

static bool
is_same_operation(const struct witness_command *before, const struct witness_command *next)
{
   return next->start_us >= before->end_us && strcmp(before->name, next->name) == 0 &&
          strcmp(before->collection, next->collection) == 0;
}

static bool
find_in_session(const struct attempts *attempts, size_t index, struct attempt *next)
{
   const struct witness_command *commands = attempts->facts->commands;
   for (size_t i = attempts->commands[index].later; i != WITNESS_NONE; i = attempts->commands[i].later) {
      if (is_same_operation(&commands[index], &commands[i])) {
         *next = (struct attempt){.command = i, .begun_us = commands[i].start_us};
         return true;
      }
   }
   return false;
}

static bool
is_same_environment(const struct attempts *attempts,
                    const struct witness_connection *one,
                    const struct witness_connection *other)
{
   return attempts->alone || (one->owner != 0 && one->owner == other->owner);
}

/* When the new client that replaces the one of connection `before` began: when the environment first connected again
 * after that client had closed its connections. A client that was not closed may still open connections for its
 * monitors; then the command's own connection is the first that certainly belongs to the new client. */
static int64_t
new_client_begun_us(const struct attempts *attempts,
                    const struct witness_connection *before,
                    const struct witness_connection *after)
{
   const struct witness_facts *facts = attempts->facts;
   if (before->closed_us == 0 || before->closed_us > after->opened_us) {
      return after->opened_us;
   }
   for (const struct witness_connection *each = after; each-- > facts->connections;) {
      if (each->opened_us < before->closed_us) {
         break;
      }
      after = is_same_environment(attempts, before, each) ? each : after;
   }
   return after->opened_us;
}

/* A pool reuses a connection on which one command was refused. So if a connection ends with the refused command, and a
 * later one begins with the same operation in another session, the function made a new client. */
static bool
find_new_client(struct attempts *attempts, size_t index, struct attempt *next)
{
   const struct witness_facts *facts = attempts->facts;
   const struct witness_command *refused = &facts->commands[index];
   if (refused->connection >= facts->connection_count || attempts->connections[refused->connection].last != index) {
      return false;
   }
   const struct witness_connection *before = &facts->connections[refused->connection];
   for (size_t i = index + 1; i < facts->command_count; i++) {
      const struct witness_command *command = &facts->commands[i];
      if (command->connection >= facts->connection_count || attempts->connections[command->connection].first != i ||
          !attempts->commands[i].opens || attempts->commands[i].taken || !is_same_operation(refused, command)) {
         continue;
      }
      const struct witness_connection *after = &facts->connections[command->connection];
      if (after->opened_us >= refused->end_us && is_same_environment(attempts, before, after)) {
         attempts->commands[i].taken = true;
         *next = (struct attempt){
            .command = i, .by_new_client = true, .begun_us = new_client_begun_us(attempts, before, after)};
         return true;
      }
   }
   return false;
}

bool
attempts_next(struct attempts *attempts, size_t index, struct attempt *next)
{
   return find_in_session(attempts, index, next) || find_new_client(attempts, index, next);
}
