#include "sight.h"

#include "clock.h"
#include "connection.h"
#include "document.h"
#include "owner.h"
#include "set_state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Further hellos are not shown, because a driver that floods would fill the timeline with them. */
#define HEARTBEATS_SHOWN 20000

/* --- what a hello says of its client ------------------------------------------------------------------------------ */

static void
copy_text(const bson_t *document, const char *path, char *text, size_t size)
{
   (void)snprintf(text, size, "%s", document_text(document, path));
}

static void
read_client(const bson_t *client, struct witness_handshake *handshake)
{
   handshake->has_client = true;
   handshake->bytes = client->len;
   handshake->has_env = document_has(client, "env");
   handshake->container_outside_env = document_has(client, "container");
   handshake->container_in_env = document_has(client, "env.container");
   handshake->has_os_details =
      document_has(client, "os.name") || document_has(client, "os.architecture") || document_has(client, "os.version");
   copy_text(client, "driver.name", handshake->driver, sizeof handshake->driver);
   copy_text(client, "driver.version", handshake->version, sizeof handshake->version);
   copy_text(client, "env.name", handshake->env_name, sizeof handshake->env_name);
   copy_text(client, "env.region", handshake->env_region, sizeof handshake->env_region);
   handshake->env_memory_mb = document_number(client, "env.memory_mb", -1);
}

/* The field is "2" since June 2026, and was true before (MongoDB Handshake, "Connection handshake"). */
static void
read_backpressure(const bson_t *hello, struct witness_handshake *handshake)
{
   bson_iter_t field;
   copy_text(hello, "backpressure", handshake->backpressure, sizeof handshake->backpressure);
   if (document_find(hello, "backpressure", &field) && BSON_ITER_HOLDS_BOOL(&field) && bson_iter_bool(&field)) {
      (void)snprintf(handshake->backpressure, sizeof handshake->backpressure, "true");
   }
}

static void
introduce(struct connection *connection, const bson_t *hello)
{
   struct witness_handshake handshake = {.env_memory_mb = -1};
   bson_t client;
   read_backpressure(hello, &handshake);
   if (document_part(hello, "client", &client)) {
      read_client(&client, &handshake);
      handshake.document = bson_as_relaxed_extended_json(&client, NULL);
   }
   witness_introduced(connection->set->witness, connection->sight.connection, &handshake);
   bson_free(handshake.document);
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

/* Only phase overload needs to know which environment a connection belongs to. */
void
sight_opened(struct connection *connection)
{
   struct front_set *set = connection->set;
   uint16_t port = connection->member->port;
   connection->sight = (struct sight){.hello = WITNESS_NONE, .command = WITNESS_NONE};
   connection->sight.connection =
      witness_opened(set->witness, connection->member->number, port, connection->client_port);
   uid_t owner;
   if (set->shed.per_second > 0 && owner_find(set->limit.owner_fd, connection->client_port, port, &owner) &&
       owner != geteuid()) {
      witness_owned(set->witness, connection->sight.connection, owner);
   }
}

static void
begin(struct sight *sight, const char *name)
{
   sight->began_us = clock_now_us();
   (void)snprintf(sight->name, sizeof sight->name, "%s", name);
}

void
sight_hello(struct connection *connection,
            const struct wire_message *message,
            const struct hello_request *hello,
            bool exhaust)
{
   struct sight *sight = &connection->sight;
   if (!sight->introduced) {
      sight->introduced = true;
      introduce(connection, &message->body);
   }
   begin(sight, "hello");
   sight->kind = !hello->has_await_time ? WITNESS_PLAIN : exhaust ? WITNESS_EXHAUST : WITNESS_AWAITABLE;
   sight->hello = witness_hello_began(connection->set->witness, sight->connection, sight->kind);
}

/* bulkWrite names its collections in its own list, and runs in the database admin. */
static void
name_collection(const struct wire_message *message, const struct command *command, char *text, size_t size)
{
   struct wire_documents documents;
   bson_t first;
   if (strcmp(command->name, "bulkWrite") == 0 && wire_documents_init(&documents, message, "nsInfo") &&
       wire_documents_next(&documents, &first)) {
      (void)snprintf(text, size, "%s", document_text(&first, "ns"));
      return;
   }
   const char *database = document_text(&message->body, "$db");
   const char *collection = document_text(&message->body, command->name);
   (void)snprintf(text, size, "%s%s%s", database, collection[0] == '\0' ? "" : ".", collection);
}

void
sight_command(struct connection *connection, const struct wire_message *message, const struct command *command)
{
   struct sight *sight = &connection->sight;
   struct witness_command seen = {.connection = sight->connection,
                                  .is_write = command->kind == COMMAND_WRITE,
                                  .is_read = command->kind == COMMAND_READ,
                                  .numbered = command->retryable,
                                  .has_session = command->has_session,
                                  .transaction_number = command->transaction_number};
   begin(sight, command->name);
   memcpy(seen.name, sight->name, sizeof seen.name);
   memcpy(seen.session, command->session, sizeof seen.session);
   name_collection(message, command, seen.collection, sizeof seen.collection);
   sight->command = witness_command_began(connection->set->witness, &seen);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static bool
has_label(const bson_t *reply, const char *label)
{
   bson_iter_t labels, element;
   if (!document_find(reply, "errorLabels", &labels) || !BSON_ITER_HOLDS_ARRAY(&labels) ||
       !bson_iter_recurse(&labels, &element)) {
      return false;
   }
   while (bson_iter_next(&element)) {
      if (BSON_ITER_HOLDS_UTF8(&element) && strcmp(bson_iter_utf8(&element, NULL), label) == 0) {
         return true;
      }
   }
   return false;
}

static int
documents_written(const bson_t *reply)
{
   static const char *const parts[] = {"nInserted", "nUpserted", "nModified", "nDeleted"};
   int n = document_number(reply, "n", document_number(reply, "lastErrorObject.n", -1));
   for (size_t i = 0; i < sizeof parts / sizeof parts[0] && document_number(reply, "nInserted", -1) >= 0; i++) {
      n = (i == 0 ? 0 : n) + document_number(reply, parts[i], 0);
   }
   return n;
}

static void
read_reply(const bson_t *reply, struct witness_reply *read)
{
   read->n = documents_written(reply);
   if (document_number(reply, "ok", 0) != 1) {
      read->outcome = WITNESS_ERROR;
      read->error_code = document_number(reply, "code", 0);
      read->error_name = document_text(reply, "codeName");
   } else if (document_has(reply, "writeErrors.0") || document_has(reply, "writeConcernError")) {
      const char *what = document_has(reply, "writeErrors.0") ? "writeErrors.0.code" : "writeConcernError.code";
      read->outcome = WITNESS_ERROR;
      read->error_code = document_number(reply, what, 0);
   }
   read->overloaded = has_label(reply, "SystemOverloadedError");
   read->base_backoff_ms = read->overloaded ? document_number(reply, "baseBackoffMS", 0) : 0;
   read->retryable_error = read->outcome == WITNESS_ERROR &&
                           (has_label(reply, "RetryableWriteError") || command_is_retryable_error(read->error_code));
}

static void
show(struct connection *connection, enum timeline_kind kind, enum witness_outcome outcome)
{
   struct sight *sight = &connection->sight;
   bool failed = outcome != WITNESS_OK;
   struct timeline_entry entry = {
      .kind = kind, .instance = -1, .start_us = sight->began_us, .end_us = clock_now_us(), .bad = failed};
   const char *how = outcome == WITNESS_OK ? "succeeded" : outcome == WITNESS_ERROR ? "failed" : "got no reply";
   if (kind == TIMELINE_HEARTBEAT) {
      struct witness_counts counts;
      witness_counts(connection->set->witness, &counts);
      if (counts.hellos > HEARTBEATS_SHOWN) {
         return;
      }
      entry.bad = failed || sight->kind != WITNESS_PLAIN;
      (void)snprintf(entry.label, sizeof entry.label, "127.0.0.1:%u", connection->member->port);
      (void)snprintf(entry.detail, sizeof entry.detail, "%s%s", how, sight->kind == WITNESS_PLAIN ? "" : ", awaited");
   } else {
      (void)snprintf(entry.label, sizeof entry.label, "%s", sight->name);
      (void)snprintf(entry.detail, sizeof entry.detail, "127.0.0.1:%u %s", connection->member->port, how);
   }
   timeline_add(connection->set->timeline, &entry);
}

static void
end_hello(struct connection *connection, enum witness_outcome outcome)
{
   struct sight *sight = &connection->sight;
   show(connection, TIMELINE_HEARTBEAT, outcome);
   witness_hello_ended(connection->set->witness, sight->hello, outcome);
   sight->hello = WITNESS_NONE;
}

static void
end_command(struct connection *connection, const struct witness_reply *reply)
{
   struct sight *sight = &connection->sight;
   show(connection, TIMELINE_COMMAND, reply->outcome);
   witness_command_ended(connection->set->witness, sight->command, reply);
   sight->command = WITNESS_NONE;
}

void
sight_answered(struct connection *connection, const bson_t *reply)
{
   struct sight *sight = &connection->sight;
   struct witness_reply read = {.outcome = WITNESS_NO_REPLY, .retryable_error = true, .n = -1};
   if (reply != NULL) {
      read = (struct witness_reply){.outcome = WITNESS_OK, .n = -1};
      read_reply(reply, &read);
   }
   if (sight->hello != WITNESS_NONE) {
      end_hello(connection, read.outcome);
   }
   if (sight->command != WITNESS_NONE) {
      end_command(connection, &read);
   }
}

void
sight_unanswered(struct connection *connection)
{
   if (connection->sight.command != WITNESS_NONE) {
      end_command(connection, &(struct witness_reply){.outcome = WITNESS_OK, .n = -1});
   }
}

void
sight_streams_on(struct connection *connection)
{
   struct sight *sight = &connection->sight;
   end_hello(connection, WITNESS_OK);
   begin(sight, "hello");
   sight->hello = witness_hello_began(connection->set->witness, sight->connection, sight->kind);
}

void
sight_closed(struct connection *connection, enum witness_end end)
{
   sight_answered(connection, NULL);
   witness_closed(connection->set->witness, connection->sight.connection, end);
}
