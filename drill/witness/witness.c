#include "clock.h"
#include "room.h"
#include "witness_state.h"

#include <stdlib.h>
#include <string.h>

struct witness *
witness_new(void)
{
   struct witness *witness = calloc(1, sizeof *witness);
   if (witness != NULL) {
      pthread_mutex_init(&witness->lock, NULL);
      witness->newest_document = WITNESS_NONE;
   }
   return witness;
}

void
witness_destroy(struct witness *witness)
{
   if (witness == NULL) {
      return;
   }
   for (size_t i = 0; i < witness->facts.handshake_count; i++) {
      free(witness->facts.handshakes[i].document);
   }
   witness_facts_clear(&witness->facts);
   pthread_mutex_destroy(&witness->lock);
   free(witness);
}

/* Makes room for one more fact of a kind. If there is none, counts the fact as left out and returns false. */
static bool
keeps(struct witness *witness, void *array, size_t count, size_t size, size_t most)
{
   bool kept = room_for_one(array, count, size, most);
   witness->facts.counts.left_out += kept ? 0 : 1;
   return kept;
}

/* Locks, and returns the connection, or NULL if there is no such. Leave the witness in any case. */
static struct witness_connection *
enter(struct witness *witness, size_t connection)
{
   pthread_mutex_lock(&witness->lock);
   return connection < witness->facts.connection_count ? &witness->facts.connections[connection] : NULL;
}

static void
leave(struct witness *witness)
{
   pthread_mutex_unlock(&witness->lock);
}

/* --- connections -------------------------------------------------------------------------------------------------- */

size_t
witness_opened(struct witness *witness, unsigned member, uint16_t member_port, uint16_t client_port)
{
   struct witness_facts *facts = &witness->facts;
   size_t index = WITNESS_NONE;
   pthread_mutex_lock(&witness->lock);
   facts->counts.connections++;
   if (keeps(
          witness, &facts->connections, facts->connection_count, sizeof *facts->connections, WITNESS_CONNECTIONS_MAX)) {
      index = facts->connection_count++;
      facts->connections[index] = (struct witness_connection){.member = member,
                                                              .member_port = member_port,
                                                              .client_port = client_port,
                                                              .opened_us = clock_now_us(),
                                                              .handshake = WITNESS_NONE};
   }
   pthread_mutex_unlock(&witness->lock);
   return index;
}

void
witness_closed(struct witness *witness, size_t connection, enum witness_end end)
{
   struct witness_connection *found = enter(witness, connection);
   if (found != NULL && found->end == WITNESS_OPEN) {
      found->end = end;
      found->closed_us = clock_now_us();
   }
   leave(witness);
}

void
witness_owned(struct witness *witness, size_t connection, uint32_t owner)
{
   struct witness_connection *found = enter(witness, connection);
   if (found != NULL) {
      found->owner = owner;
   }
   leave(witness);
}

void
witness_secured(struct witness *witness, size_t connection, unsigned round_trips)
{
   struct witness_connection *found = enter(witness, connection);
   if (found != NULL) {
      found->secured_us = clock_now_us();
      found->tls_round_trips = round_trips;
   }
   leave(witness);
}

void
witness_authenticates(struct witness *witness, size_t connection)
{
   struct witness_connection *found = enter(witness, connection);
   if (found != NULL) {
      found->proving_us = found->proving_us == 0 ? clock_now_us() : found->proving_us;
      found->proving_messages++;
   }
   leave(witness);
}

static size_t
find_handshake(const struct witness_facts *facts, const struct witness_handshake *handshake)
{
   for (size_t i = 0; i < facts->handshake_count; i++) {
      const struct witness_handshake *known = &facts->handshakes[i];
      bool both = known->document != NULL && handshake->document != NULL;
      bool same = both ? strcmp(known->document, handshake->document) == 0 : known->document == handshake->document;
      if (same && strcmp(known->backpressure, handshake->backpressure) == 0) {
         return i;
      }
   }
   return WITNESS_NONE;
}

static size_t
add_handshake(struct witness *witness, const struct witness_handshake *handshake)
{
   struct witness_facts *facts = &witness->facts;
   char *document = handshake->document == NULL ? NULL : strdup(handshake->document);
   if ((handshake->document != NULL && document == NULL) ||
       !keeps(witness, &facts->handshakes, facts->handshake_count, sizeof *handshake, WITNESS_HANDSHAKES_MAX)) {
      free(document);
      return WITNESS_NONE;
   }
   facts->handshakes[facts->handshake_count] = *handshake;
   facts->handshakes[facts->handshake_count].document = document;
   facts->handshakes[facts->handshake_count].connections = 0;
   return facts->handshake_count++;
}

void
witness_introduced(struct witness *witness, size_t connection, const struct witness_handshake *handshake)
{
   struct witness_connection *found = enter(witness, connection);
   size_t index = find_handshake(&witness->facts, handshake);
   if (index == WITNESS_NONE) {
      index = add_handshake(witness, handshake);
   }
   if (index != WITNESS_NONE) {
      witness->facts.handshakes[index].connections++;
      witness->newest_document = handshake->document == NULL ? witness->newest_document : index;
   }
   if (found != NULL) {
      found->handshake = index;
   }
   leave(witness);
}

void
witness_sees_refused(struct witness *witness)
{
   pthread_mutex_lock(&witness->lock);
   witness->facts.counts.sees_refused = true;
   pthread_mutex_unlock(&witness->lock);
}

bool
witness_refused(struct witness *witness, unsigned member, uint16_t member_port, uint16_t client_port)
{
   struct witness_facts *facts = &witness->facts;
   pthread_mutex_lock(&witness->lock);
   facts->counts.refused++;
   bool kept = keeps(witness, &facts->refusals, facts->refusal_count, sizeof *facts->refusals, WITNESS_REFUSALS_MAX);
   if (kept) {
      facts->refusals[facts->refusal_count++] =
         (struct witness_refusal){member, member_port, client_port, clock_now_us()};
   }
   pthread_mutex_unlock(&witness->lock);
   return kept;
}

void
witness_looked_up(struct witness *witness, const struct witness_lookup *lookup)
{
   struct witness_facts *facts = &witness->facts;
   pthread_mutex_lock(&witness->lock);
   facts->counts.lookups++;
   if (room_for_one(&facts->lookups, facts->lookup_count, sizeof *lookup, WITNESS_LOOKUPS_MAX)) {
      facts->lookups[facts->lookup_count++] = *lookup;
   }
   pthread_mutex_unlock(&witness->lock);
}

/* --- hellos ------------------------------------------------------------------------------------------------------- */

size_t
witness_hello_began(struct witness *witness, size_t connection, enum witness_hello_kind kind)
{
   struct witness_facts *facts = &witness->facts;
   size_t index = WITNESS_NONE;
   struct witness_connection *by = enter(witness, connection);
   facts->counts.hellos++;
   facts->counts.awaitable += kind != WITNESS_PLAIN ? 1 : 0;
   facts->counts.exhaust += kind == WITNESS_EXHAUST ? 1 : 0;
   if (by != NULL) {
      by->hellos++;
      by->awaitable += kind != WITNESS_PLAIN ? 1 : 0;
   }
   if (keeps(witness, &facts->hellos, facts->hello_count, sizeof *facts->hellos, WITNESS_HELLOS_MAX)) {
      index = facts->hello_count++;
      facts->hellos[index] = (struct witness_hello){.connection = connection, .kind = kind, .start_us = clock_now_us()};
   }
   leave(witness);
   return index;
}

void
witness_hello_ended(struct witness *witness, size_t hello, enum witness_outcome outcome)
{
   pthread_mutex_lock(&witness->lock);
   if (hello < witness->facts.hello_count) {
      witness->facts.hellos[hello].outcome = outcome;
      witness->facts.hellos[hello].end_us = clock_now_us();
   }
   pthread_mutex_unlock(&witness->lock);
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

/* How far back to look for an earlier attempt: a session has one command at a time, so attempts with the same number
 * follow each other closely. */
#define ATTEMPTS_BACK 64

static unsigned
attempt_of(const struct witness_facts *facts, const struct witness_command *command)
{
   const struct witness_command *known = facts->commands;
   for (size_t back = 1; command->numbered && back <= facts->command_count && back <= ATTEMPTS_BACK; back++) {
      const struct witness_command *before = &known[facts->command_count - back];
      if (before->numbered && before->transaction_number == command->transaction_number &&
          memcmp(before->session, command->session, WITNESS_SESSION_BYTES) == 0) {
         return before->attempt + 1;
      }
   }
   return 1;
}

size_t
witness_command_began(struct witness *witness, const struct witness_command *command)
{
   struct witness_facts *facts = &witness->facts;
   size_t index = WITNESS_NONE;
   struct witness_connection *by = enter(witness, command->connection);
   unsigned attempt = attempt_of(facts, command);
   facts->counts.commands += witness_is_work(command) ? 1 : 0;
   facts->counts.commands_retried += attempt > 1 ? 1 : 0;
   if (by != NULL) {
      by->commands++;
      witness->last_port = witness_is_work(command) ? by->client_port : witness->last_port;
   }
   if (keeps(witness, &facts->commands, facts->command_count, sizeof *command, WITNESS_COMMANDS_MAX)) {
      index = facts->command_count++;
      struct witness_command *added = &facts->commands[index];
      *added = *command;
      added->attempt = attempt;
      added->start_us = clock_now_us();
      added->outcome = WITNESS_PENDING;
      added->n = -1;
   }
   leave(witness);
   return index;
}

void
witness_command_ended(struct witness *witness, size_t command, const struct witness_reply *reply)
{
   pthread_mutex_lock(&witness->lock);
   witness->facts.counts.commands_failed += reply->outcome == WITNESS_OK ? 0 : 1;
   if (command < witness->facts.command_count) {
      struct witness_command *found = &witness->facts.commands[command];
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
   struct witness_facts *facts = &witness->facts;
   pthread_mutex_lock(&witness->lock);
   struct witness_unrest *last = facts->unrest_count == 0 ? NULL : &facts->unrests[facts->unrest_count - 1];
   bool goes_on = last != NULL && last->end_us == 0;
   if (whole && goes_on && facts->unrest_count < WITNESS_UNRESTS_MAX) {
      last->end_us = clock_now_us();
   } else if (!whole && !goes_on &&
              keeps(witness, &facts->unrests, facts->unrest_count, sizeof *last, WITNESS_UNRESTS_MAX)) {
      facts->unrests[facts->unrest_count++] = (struct witness_unrest){.start_us = clock_now_us()};
   }
   pthread_mutex_unlock(&witness->lock);
}
