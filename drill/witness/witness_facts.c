/* The witness's content: counts, a copy of all facts, and what follows from them. */
#include "witness_state.h"

#include <stdlib.h>
#include <string.h>

static bool
copy(const struct list *list, size_t size, void **items, size_t *count)
{
   *count = 0;
   *items = list->count == 0 ? NULL : malloc(list->count * size);
   if (*items != NULL) {
      memcpy(*items, list->items, list->count * size);
      *count = list->count;
   }
   return *count == list->count;
}

static bool
copy_documents(struct witness_facts *facts)
{
   bool copied = true;
   for (size_t i = 0; i < facts->handshake_count; i++) {
      struct witness_handshake *handshake = &facts->handshakes[i];
      if (handshake->document != NULL) {
         handshake->document = strdup(handshake->document);
         copied = copied && handshake->document != NULL;
      }
   }
   return copied;
}

bool
witness_facts_init(struct witness_facts *facts, struct witness *witness)
{
   *facts = (struct witness_facts){0};
   if (witness == NULL) {
      return true;
   }
   void *handshakes = NULL, *connections = NULL, *hellos = NULL, *commands = NULL, *unrests = NULL, *refusals = NULL;
   void *lookups = NULL;
   pthread_mutex_lock(&witness->lock);
   facts->counts = witness->counts;
   bool copied = copy(&witness->handshakes, sizeof *facts->handshakes, &handshakes, &facts->handshake_count) &&
                 copy(&witness->connections, sizeof *facts->connections, &connections, &facts->connection_count) &&
                 copy(&witness->hellos, sizeof *facts->hellos, &hellos, &facts->hello_count) &&
                 copy(&witness->commands, sizeof *facts->commands, &commands, &facts->command_count) &&
                 copy(&witness->unrests, sizeof *facts->unrests, &unrests, &facts->unrest_count) &&
                 copy(&witness->refusals, sizeof *facts->refusals, &refusals, &facts->refusal_count) &&
                 copy(&witness->lookups, sizeof *facts->lookups, &lookups, &facts->lookup_count);
   facts->handshakes = handshakes;
   facts->connections = connections;
   facts->hellos = hellos;
   facts->commands = commands;
   facts->unrests = unrests;
   facts->refusals = refusals;
   facts->lookups = lookups;
   facts->sees_refused = witness->sees_refused;
   copied = copy_documents(facts) && copied;
   pthread_mutex_unlock(&witness->lock);
   return copied;
}

void
witness_facts_clear(struct witness_facts *facts)
{
   for (size_t i = 0; i < facts->handshake_count; i++) {
      free(facts->handshakes[i].document);
   }
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
   *counts = (struct witness_counts){0};
   if (witness != NULL) {
      pthread_mutex_lock(&witness->lock);
      *counts = witness->counts;
      pthread_mutex_unlock(&witness->lock);
   }
}

uint16_t
witness_last_port(struct witness *witness)
{
   uint16_t port = 0;
   if (witness != NULL) {
      pthread_mutex_lock(&witness->lock);
      port = witness->last_port;
      pthread_mutex_unlock(&witness->lock);
   }
   return port;
}

bool
witness_is_open(struct witness *witness, uint16_t client_port)
{
   bool open = false;
   pthread_mutex_lock(&witness->lock);
   const struct witness_connection *connections = witness->connections.items;
   for (size_t i = witness->connections.count; i > 0 && !open; i--) {
      open = connections[i - 1].client_port == client_port && connections[i - 1].end == WITNESS_OPEN;
   }
   pthread_mutex_unlock(&witness->lock);
   return open;
}
