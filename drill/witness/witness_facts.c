/* The witness's content: counts, a copy of all facts, and what follows from them. */
#include "witness_state.h"

#include <stdlib.h>
#include <string.h>

/* Replaces *items by a copy. Returns false when out of memory. */
static bool
copy(void *items, size_t count, size_t size)
{
   void *original, *copied = count == 0 ? NULL : malloc(count * size);
   memcpy(&original, items, sizeof original);
   memcpy(items, &copied, sizeof copied);
   if (copied != NULL) {
      memcpy(copied, original, count * size);
   }
   return copied != NULL || count == 0;
}

bool
witness_facts_init(struct witness_facts *facts, struct witness *witness)
{
   pthread_mutex_lock(&witness->lock);
   *facts = witness->facts;
   bool copied = true;
   copied = copy(&facts->handshakes, facts->handshake_count, sizeof *facts->handshakes) && copied;
   copied = copy(&facts->connections, facts->connection_count, sizeof *facts->connections) && copied;
   copied = copy(&facts->hellos, facts->hello_count, sizeof *facts->hellos) && copied;
   copied = copy(&facts->commands, facts->command_count, sizeof *facts->commands) && copied;
   copied = copy(&facts->unrests, facts->unrest_count, sizeof *facts->unrests) && copied;
   copied = copy(&facts->refusals, facts->refusal_count, sizeof *facts->refusals) && copied;
   copied = copy(&facts->lookups, facts->lookup_count, sizeof *facts->lookups) && copied;
   pthread_mutex_unlock(&witness->lock);
   if (!copied) {
      witness_facts_clear(facts);
   }
   return copied;
}

void
witness_facts_clear(struct witness_facts *facts)
{
   free(facts->handshakes);
   free(facts->connections);
   free(facts->hellos);
   free(facts->commands);
   free(facts->unrests);
   free(facts->refusals);
   free(facts->lookups);
   *facts = (struct witness_facts){0};
}

bool
witness_is_work(const struct witness_command *command)
{
   return strcmp(command->name, "endSessions") != 0 && strcmp(command->name, "killCursors") != 0;
}

bool
witness_is_monitoring(const struct witness_connection *connection)
{
   return connection->commands == 0 && connection->hellos > 0;
}

static int64_t
end_of(const struct witness_connection *connection)
{
   return connection->closed_us == 0 ? INT64_MAX : connection->closed_us;
}

bool *
witness_round_trips(const struct witness_facts *facts)
{
   bool *found = calloc(facts->connection_count + 1, sizeof *found);
   for (size_t i = 0; found != NULL && i < facts->connection_count; i++) {
      const struct witness_connection *one = &facts->connections[i];
      /* At least two hellos, because an unused connection of a pool has had one. */
      bool may_be = one->hellos >= 2 && witness_is_monitoring(one);
      for (size_t j = 0; j < i && may_be && !found[i]; j++) {
         const struct witness_connection *older = &facts->connections[j];
         found[i] = older->member_port == one->member_port && witness_is_monitoring(older) && !found[j] &&
                    end_of(older) > one->opened_us;
      }
   }
   return found;
}

void
witness_counts(struct witness *witness, struct witness_counts *counts)
{
   pthread_mutex_lock(&witness->lock);
   *counts = witness->facts.counts;
   pthread_mutex_unlock(&witness->lock);
}

char *
witness_newest_document(struct witness *witness)
{
   pthread_mutex_lock(&witness->lock);
   size_t newest = witness->newest_document;
   char *text = newest == WITNESS_NONE ? NULL : strdup(witness->facts.handshakes[newest].document);
   pthread_mutex_unlock(&witness->lock);
   return text;
}

uint16_t
witness_last_port(struct witness *witness)
{
   pthread_mutex_lock(&witness->lock);
   uint16_t port = witness->last_port;
   pthread_mutex_unlock(&witness->lock);
   return port;
}

bool
witness_is_open(struct witness *witness, uint16_t client_port)
{
   bool open = false;
   pthread_mutex_lock(&witness->lock);
   const struct witness_connection *connections = witness->facts.connections;
   for (size_t i = witness->facts.connection_count; i > 0 && !open; i--) {
      open = connections[i - 1].client_port == client_port && connections[i - 1].end == WITNESS_OPEN;
   }
   pthread_mutex_unlock(&witness->lock);
   return open;
}
