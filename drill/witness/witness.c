#include "clock.h"
#include "witness_state.h"

#include <stdlib.h>
#include <string.h>

struct witness *
witness_new(void)
{
   struct witness *witness = calloc(1, sizeof *witness);
   if (witness != NULL) {
      pthread_mutex_init(&witness->lock, NULL);
   }
   return witness;
}

void
witness_destroy(struct witness *witness)
{
   if (witness == NULL) {
      return;
   }
   struct witness_handshake *handshakes = witness->handshakes.items;
   for (size_t i = 0; i < witness->handshakes.count; i++) {
      free(handshakes[i].document);
   }
   free(witness->handshakes.items);
   free(witness->connections.items);
   free(witness->hellos.items);
   free(witness->commands.items);
   free(witness->unrests.items);
   free(witness->refusals.items);
   free(witness->lookups.items);
   pthread_mutex_destroy(&witness->lock);
   free(witness);
}

/* Adds a zeroed item at the end of list. Returns NULL when there are `most` already, or when out of memory. */
static void *
add(struct list *list, size_t size, size_t most)
{
   if (list->count == list->room) {
      size_t doubled = list->room == 0 ? 32 : list->room * 2;
      size_t room = doubled < most ? doubled : most;
      void *items = list->count >= most ? NULL : realloc(list->items, room * size);
      if (items == NULL) {
         return NULL;
      }
      list->items = items;
      list->room = room;
   }
   void *item = (char *)list->items + list->count * size;
   memset(item, 0, size);
   list->count++;
   return item;
}

static struct witness_connection *
connection_at(struct witness *witness, size_t index)
{
   return index < witness->connections.count ? (struct witness_connection *)witness->connections.items + index : NULL;
}

/* --- connections -------------------------------------------------------------------------------------------------- */

size_t
witness_opened(struct witness *witness, unsigned member, uint16_t member_port, uint16_t client_port)
{
   if (witness == NULL) {
      return WITNESS_NONE;
   }
   size_t index = WITNESS_NONE;
   pthread_mutex_lock(&witness->lock);
   witness->counts.connections++;
   struct witness_connection *connection = add(&witness->connections, sizeof *connection, WITNESS_CONNECTIONS_MAX);
   if (connection != NULL) {
      connection->member = member;
      connection->member_port = member_port;
      connection->client_port = client_port;
      connection->opened_us = clock_now_us();
      connection->handshake = WITNESS_NONE;
      index = witness->connections.count - 1;
   } else {
      witness->counts.left_out++;
   }
   pthread_mutex_unlock(&witness->lock);
   return index;
}

void
witness_closed(struct witness *witness, size_t connection, enum witness_end end)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   struct witness_connection *found = connection_at(witness, connection);
   if (found != NULL && found->end == WITNESS_OPEN) {
      found->end = end;
      found->closed_us = clock_now_us();
   }
   pthread_mutex_unlock(&witness->lock);
}

void
witness_owned(struct witness *witness, size_t connection, uint32_t owner)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   struct witness_connection *found = connection_at(witness, connection);
   if (found != NULL) {
      found->owner = owner;
   }
   pthread_mutex_unlock(&witness->lock);
}

void
witness_secured(struct witness *witness, size_t connection, unsigned round_trips)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   struct witness_connection *found = connection_at(witness, connection);
   if (found != NULL) {
      found->secured_us = clock_now_us();
      found->tls_round_trips = round_trips;
   }
   pthread_mutex_unlock(&witness->lock);
}

void
witness_authenticates(struct witness *witness, size_t connection)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   struct witness_connection *found = connection_at(witness, connection);
   if (found != NULL) {
      found->proving_us = found->proving_us == 0 ? clock_now_us() : found->proving_us;
      found->proving_messages++;
   }
   pthread_mutex_unlock(&witness->lock);
}

static size_t
find_handshake(const struct witness *witness, const struct witness_handshake *handshake)
{
   const struct witness_handshake *known = witness->handshakes.items;
   for (size_t i = 0; i < witness->handshakes.count; i++) {
      bool both = known[i].document != NULL && handshake->document != NULL;
      bool same = both ? strcmp(known[i].document, handshake->document) == 0 : known[i].document == handshake->document;
      if (same && strcmp(known[i].backpressure, handshake->backpressure) == 0) {
         return i;
      }
   }
   return WITNESS_NONE;
}

static size_t
add_handshake(struct witness *witness, const struct witness_handshake *handshake)
{
   char *document = handshake->document == NULL ? NULL : strdup(handshake->document);
   struct witness_handshake *added = handshake->document != NULL && document == NULL
                                        ? NULL
                                        : add(&witness->handshakes, sizeof *added, WITNESS_HANDSHAKES_MAX);
   if (added == NULL) {
      free(document);
      witness->counts.left_out++;
      return WITNESS_NONE;
   }
   *added = *handshake;
   added->document = document;
   added->connections = 0;
   return witness->handshakes.count - 1;
}

void
witness_introduced(struct witness *witness, size_t connection, const struct witness_handshake *handshake)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   size_t index = find_handshake(witness, handshake);
   if (index == WITNESS_NONE) {
      index = add_handshake(witness, handshake);
   }
   struct witness_connection *found = connection_at(witness, connection);
   if (index != WITNESS_NONE) {
      ((struct witness_handshake *)witness->handshakes.items)[index].connections++;
   }
   if (found != NULL) {
      found->handshake = index;
   }
   pthread_mutex_unlock(&witness->lock);
}

void
witness_sees_refused(struct witness *witness)
{
   if (witness != NULL) {
      pthread_mutex_lock(&witness->lock);
      witness->sees_refused = true;
      pthread_mutex_unlock(&witness->lock);
   }
}

void
witness_refused(struct witness *witness, unsigned member, uint16_t member_port, uint16_t client_port)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   witness->counts.refused++;
   struct witness_refusal *refusal = add(&witness->refusals, sizeof *refusal, WITNESS_REFUSALS_MAX);
   if (refusal != NULL) {
      *refusal = (struct witness_refusal){member, member_port, client_port, clock_now_us()};
   } else {
      witness->counts.left_out++;
   }
   pthread_mutex_unlock(&witness->lock);
}

void
witness_looked_up(struct witness *witness, const struct witness_lookup *lookup)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   witness->counts.lookups++;
   struct witness_lookup *kept = add(&witness->lookups, sizeof *kept, WITNESS_LOOKUPS_MAX);
   if (kept != NULL) {
      *kept = *lookup;
   }
   pthread_mutex_unlock(&witness->lock);
}

/* --- hellos ------------------------------------------------------------------------------------------------------- */

size_t
witness_hello_began(struct witness *witness, size_t connection, enum witness_hello_kind kind)
{
   if (witness == NULL) {
      return WITNESS_NONE;
   }
   size_t index = WITNESS_NONE;
   pthread_mutex_lock(&witness->lock);
   witness->counts.hellos++;
   witness->counts.awaitable += kind != WITNESS_PLAIN ? 1 : 0;
   witness->counts.exhaust += kind == WITNESS_EXHAUST ? 1 : 0;
   struct witness_connection *by = connection_at(witness, connection);
   if (by != NULL) {
      by->hellos++;
      by->awaitable += kind != WITNESS_PLAIN ? 1 : 0;
   }
   struct witness_hello *hello = add(&witness->hellos, sizeof *hello, WITNESS_HELLOS_MAX);
   if (hello != NULL) {
      *hello = (struct witness_hello){.connection = connection, .kind = kind, .start_us = clock_now_us()};
      index = witness->hellos.count - 1;
   } else {
      witness->counts.left_out++;
   }
   pthread_mutex_unlock(&witness->lock);
   return index;
}

void
witness_hello_ended(struct witness *witness, size_t hello, enum witness_outcome outcome)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   witness->counts.hellos_unanswered += outcome == WITNESS_OK ? 0 : 1;
   if (hello < witness->hellos.count) {
      struct witness_hello *found = (struct witness_hello *)witness->hellos.items + hello;
      found->outcome = outcome;
      found->end_us = clock_now_us();
   }
   pthread_mutex_unlock(&witness->lock);
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

/* How far back to look for an earlier attempt: a session has one command at a time, so attempts with the same number
 * follow each other closely. */
#define ATTEMPTS_BACK 64

static unsigned
attempt_of(const struct witness *witness, const struct witness_command *command)
{
   const struct witness_command *known = witness->commands.items;
   for (size_t back = 1; command->numbered && back <= witness->commands.count && back <= ATTEMPTS_BACK; back++) {
      const struct witness_command *before = &known[witness->commands.count - back];
      if (before->numbered && before->transaction_number == command->transaction_number &&
          memcmp(before->session, command->session, WITNESS_SESSION_BYTES) == 0) {
         return before->attempt + 1;
      }
   }
   return 1;
}

static bool
is_work(const struct witness_command *command)
{
   return strcmp(command->name, "endSessions") != 0 && strcmp(command->name, "killCursors") != 0;
}

size_t
witness_command_began(struct witness *witness, const struct witness_command *command)
{
   if (witness == NULL) {
      return WITNESS_NONE;
   }
   size_t index = WITNESS_NONE;
   pthread_mutex_lock(&witness->lock);
   unsigned attempt = attempt_of(witness, command);
   witness->counts.commands += is_work(command) ? 1 : 0;
   witness->counts.commands_retried += attempt > 1 ? 1 : 0;
   struct witness_connection *by = connection_at(witness, command->connection);
   if (by != NULL) {
      by->commands++;
      witness->last_port = is_work(command) ? by->client_port : witness->last_port;
   }
   struct witness_command *added = add(&witness->commands, sizeof *added, WITNESS_COMMANDS_MAX);
   if (added != NULL) {
      *added = *command;
      added->attempt = attempt;
      added->start_us = clock_now_us();
      added->outcome = WITNESS_PENDING;
      added->n = -1;
      index = witness->commands.count - 1;
   } else {
      witness->counts.left_out++;
   }
   pthread_mutex_unlock(&witness->lock);
   return index;
}

void
witness_command_ended(struct witness *witness, size_t command, const struct witness_reply *reply)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   witness->counts.commands_failed += reply->outcome == WITNESS_OK ? 0 : 1;
   if (command < witness->commands.count) {
      struct witness_command *found = (struct witness_command *)witness->commands.items + command;
      found->outcome = reply->outcome;
      found->end_us = clock_now_us();
      found->error_code = reply->error_code;
      found->retryable_error = reply->retryable_error;
      found->n = reply->n;
      found->overloaded = reply->overloaded;
      found->base_backoff_ms = reply->base_backoff_ms;
      if (reply->error_name != NULL) {
         strncat(found->error_name, reply->error_name, sizeof found->error_name - 1);
      }
   }
   pthread_mutex_unlock(&witness->lock);
}

/* --- the set ------------------------------------------------------------------------------------------------------ */

void
witness_whole(struct witness *witness, bool whole)
{
   if (witness == NULL) {
      return;
   }
   pthread_mutex_lock(&witness->lock);
   struct list *list = &witness->unrests;
   struct witness_unrest *last = list->count == 0 ? NULL : (struct witness_unrest *)list->items + list->count - 1;
   bool goes_on = last != NULL && last->end_us == 0;
   if (whole && goes_on && list->count < WITNESS_UNRESTS_MAX) {
      last->end_us = clock_now_us();
   } else if (!whole && !goes_on) {
      struct witness_unrest *unrest = add(list, sizeof *unrest, WITNESS_UNRESTS_MAX);
      if (unrest != NULL) {
         unrest->start_us = clock_now_us();
      } else {
         witness->counts.left_out++;
      }
   }
   pthread_mutex_unlock(&witness->lock);
}
