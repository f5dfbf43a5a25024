#include "request.h"

#include "clock.h"
#include "command.h"
#include "connection_io.h"
#include "document.h"
#include "monitoring.h"
#include "set.h"

#include <string.h>

/* One message, while the front decides what to do with it. */
struct arrival {
   struct connection *connection;
   const uint8_t *bytes;
   size_t length;
   struct wire_message message;
   struct command command;
   struct hello_request hello;
};

static bool
wants_reply(const struct arrival *arrival)
{
   return arrival->message.opcode == WIRE_OP_QUERY || (arrival->message.flags & WIRE_MORE_TO_COME) == 0;
}

static void
note_request(const struct arrival *arrival)
{
   arrival->connection->request = (struct connection_request){
      .id = arrival->message.request_id,
      .is_query = arrival->message.opcode == WIRE_OP_QUERY,
      .exhaust = arrival->message.opcode == WIRE_OP_MSG && (arrival->message.flags & WIRE_EXHAUST_ALLOWED) != 0,
      .is_hello = arrival->command.kind == COMMAND_HELLO,
      .hello = arrival->hello,
   };
}

static void
tell_witness(const struct arrival *arrival)
{
   switch (arrival->command.kind) {
   case COMMAND_HELLO:
      sight_hello(arrival->connection,
                  &arrival->message,
                  &arrival->hello,
                  arrival->message.opcode == WIRE_OP_MSG && (arrival->message.flags & WIRE_EXHAUST_ALLOWED) != 0);
      break;
   case COMMAND_AUTHENTICATION:
      witness_authenticates(arrival->connection->set->witness, arrival->connection->sight.connection);
      break;
   default:
      arrival->connection->application = true;
      sight_command(arrival->connection, &arrival->message, &arrival->command);
      break;
   }
}

/* A driver that gets a state change error compares its topologyVersion to see whether the change is new (Server
 * Discovery and Monitoring, "Error handling"). */
static void
answer_error(const struct arrival *arrival, int code)
{
   struct connection *connection = arrival->connection;
   if (!wants_reply(arrival)) {
      /* Like a server: there is no other way to notify a client that wants no reply. */
      if (command_is_state_change(code)) {
         connection_close_client(connection);
      }
      return;
   }
   bson_t reply = BSON_INITIALIZER;
   command_append_error(&reply, code, &arrival->command);
   if (command_is_state_change(code)) {
      hello_append_version(&reply, &connection->member->actual);
   }
   if (code == COMMAND_OVERLOADED && connection->set->base_backoff_ms > 0) {
      BSON_APPEND_INT64(&reply, "baseBackoffMS", connection->set->base_backoff_ms);
   }
   note_request(arrival);
   sight_answered(connection, &reply);
   connection_reply(connection, &connection->request, 0, &reply);
   bson_destroy(&reply);
}

/* The front rewrites the reply to a hello and streams hellos itself, so the server must send neither a checksum nor a
 * stream. */
static bool
forward_hello(const struct arrival *arrival)
{
   bool is_first = arrival->hello.introduces; /* a server accepts a client's handshake in the first hello only */
   if (arrival->message.opcode != WIRE_OP_MSG ||
       (arrival->message.flags & (WIRE_CHECKSUM_PRESENT | WIRE_EXHAUST_ALLOWED)) == 0) {
      return connection_forward(arrival->connection, arrival->bytes, arrival->length, is_first);
   }
   struct buffer plain = {0};
   bool forwarded = wire_append_msg(&plain, arrival->message.request_id, 0, 0, &arrival->message.body) &&
                    connection_forward(arrival->connection, buffer_bytes(&plain), plain.length, is_first);
   buffer_clear(&plain);
   return forwarded;
}

static void
forward(const struct arrival *arrival, bool lose_reply)
{
   struct connection *connection = arrival->connection;
   struct record_write *write = record_write_new(connection->set->record, &arrival->message, &arrival->command);
   if (!wants_reply(arrival)) {
      if (connection_forward(connection, arrival->bytes, arrival->length, false) && write != NULL) {
         record_add(connection->set->record, write, NULL, false, connection->client_port);
      }
      record_write_destroy(write);
      sight_unanswered(connection);
      return;
   }
   note_request(arrival);
   connection->request.lose_reply = lose_reply;
   connection->request.write = write;
   connection->authenticated = connection->authenticated || arrival->command.kind == COMMAND_AUTHENTICATION;
   connection->state = CONNECTION_AT_SERVER;
   if (arrival->command.kind == COMMAND_HELLO) {
      forward_hello(arrival);
   } else {
      connection_forward(connection, arrival->bytes, arrival->length, false);
   }
}

static void
answer_hello(const struct arrival *arrival, bool lose_reply)
{
   struct connection *connection = arrival->connection;
   if (!wants_reply(arrival)) {
      return;
   }
   if (arrival->hello.awaits) {
      note_request(arrival);
      monitoring_begin(connection);
   } else if (arrival->hello.needs_server && !connection->set->users.required) {
      connection->authenticated =
         connection->authenticated || document_has(&arrival->message.body, "speculativeAuthenticate");
      forward(arrival, lose_reply);
   } else if (lose_reply) {
      connection_close_client(connection);
   } else {
      note_request(arrival);
      const bson_t *server_reply = connection->set->server.hello;
      monitoring_reply(connection, server_reply, &connection->member->actual, &arrival->message.body, 0);
   }
}

/* Answers authentication commands, and any command of a client that must authenticate first. Returns whether it did. */
static bool
answer_stranger(const struct arrival *arrival)
{
   struct connection *connection = arrival->connection;
   bson_t reply = BSON_INITIALIZER;
   bool answered =
      users_answer(&connection->set->users, &connection->user, &arrival->command, &arrival->message.body, &reply);
   if (answered && !wants_reply(arrival)) {
      sight_unanswered(connection);
   } else if (answered) {
      note_request(arrival);
      sight_answered(connection, &reply);
      connection_reply(connection, &connection->request, 0, &reply);
   }
   bson_destroy(&reply);
   return answered;
}

/* A server asks its rate limiter before it looks at the command, but after authentication. */
static bool
is_shed(const struct arrival *arrival)
{
   struct connection *connection = arrival->connection;
   int64_t wait_us;
   return command_is_of_application(&arrival->command) &&
          pace_refuses(&connection->set->shed, connection->member->number, 0, clock_now_us(), &wait_us);
}

static bool
is_at_primary(const struct connection *connection)
{
   const struct front_set *set = connection->set;
   return set->primary >= 0 && connection->member == &set->members[set->primary];
}

/* Since MongoDB 5.1 OP_QUERY is for the first hello only. */
static void
route(const struct arrival *arrival, bool lose_reply)
{
   struct connection *connection = arrival->connection;
   bool primary = is_at_primary(connection);
   if (arrival->command.kind == COMMAND_HELLO) {
      answer_hello(arrival, lose_reply);
   } else if (arrival->message.opcode == WIRE_OP_QUERY) {
      answer_error(arrival, COMMAND_UNSUPPORTED_QUERY);
   } else if (answer_stranger(arrival)) {
      return;
   } else if (is_shed(arrival)) {
      answer_error(arrival, COMMAND_OVERLOADED);
   } else if (arrival->command.kind == COMMAND_WRITE && !primary) {
      answer_error(arrival, COMMAND_NOT_PRIMARY);
   } else if (arrival->command.kind == COMMAND_READ && !primary && !arrival->command.secondary_ok) {
      answer_error(arrival, COMMAND_NOT_PRIMARY_NO_SECONDARY_OK);
   } else {
      forward(arrival, lose_reply);
   }
}

static void
hold_back(struct connection *connection, int64_t for_us, bool slow)
{
   connection->state = CONNECTION_DELAYED;
   connection->slow = slow;
   connection->due_us = clock_now_us() + for_us;
   set_due(connection->set, connection->due_us);
}

static void
hit(const struct arrival *arrival, const struct front_fault *fault)
{
   struct connection *connection = arrival->connection;
   switch (fault->kind) {
   case FRONT_FAULT_ERROR:
      if (command_is_state_change(fault->error_code)) {
         set_changed(connection->set, connection->member);
      }
      answer_error(arrival, fault->error_code);
      break;
   case FRONT_FAULT_DELAY:
      hold_back(connection, (int64_t)fault->delay_ms * 1000, false);
      break;
   case FRONT_FAULT_CLOSE:
      connection_close_client(connection);
      break;
   case FRONT_FAULT_RESET:
      connection_reset_client(connection);
      break;
   case FRONT_FAULT_LOSE_REPLY:
      route(arrival, true);
      break;
   case FRONT_FAULT_HOLD_REPLY:
      route(arrival, true);
      connection->request.hold_reply = true;
      break;
   case FRONT_FAULT_BLACK_HOLE:
      connection_drop_client(connection);
      break;
   }
}

static void
fail_over_if_armed(const struct arrival *arrival)
{
   struct front_set *set = arrival->connection->set;
   bool any = set->failover_command[0] == '\0';
   bool meant = any ? command_is_of_application(&arrival->command) && is_at_primary(arrival->connection)
                    : strcmp(set->failover_command, arrival->command.name) == 0;
   if (set->failover_armed && meant && set_failover(set, &set->failover_how, NULL) == 0) {
      set->failover_armed = false;
   }
}

static bool
read_arrival(struct arrival *arrival)
{
   if (!wire_parse(arrival->bytes, arrival->length, &arrival->message) || arrival->message.opcode == WIRE_OP_REPLY ||
       !command_read(&arrival->message, &arrival->command)) {
      return false;
   }
   if (arrival->command.kind == COMMAND_HELLO) {
      hello_read(&arrival->message.body, arrival->command.name, &arrival->hello);
   }
   return true;
}

void
request_arrived(struct connection *connection, const uint8_t *bytes, size_t length, bool resumed)
{
   struct arrival arrival = {.connection = connection, .bytes = bytes, .length = length};
   if (!read_arrival(&arrival)) {
      connection_close_client(connection);
      return;
   }
   if (resumed) {
      route(&arrival, false);
      return;
   }
   tell_witness(&arrival);
   fail_over_if_armed(&arrival);
   struct front_set *set = connection->set;
   struct front_fault fault;
   if (!connection_has_client(connection)) {
      return;
   }
   if (faults_take(&set->faults, &arrival.command, connection->client_port, &fault)) {
      hit(&arrival, &fault);
      return;
   }
   bool is_command = arrival.command.kind != COMMAND_HELLO && arrival.command.kind != COMMAND_AUTHENTICATION;
   int64_t hold_us = delays_next_us(&set->delays, connection->member->number, is_command, &set->counters.messages_lost);
   if (hold_us > 0) {
      hold_back(connection, hold_us, true);
   } else {
      route(&arrival, false);
   }
}

void
request_left(struct connection *connection)
{
   int32_t length = wire_length(buffer_bytes(&connection->from_client), connection->from_client.length);
   struct arrival arrival = {
      .connection = connection, .bytes = buffer_bytes(&connection->from_client), .length = (size_t)length};
   if (connection->state != CONNECTION_DELAYED || !connection->slow || !read_arrival(&arrival)) {
      return;
   }
   connection->state = CONNECTION_READY;
   if (arrival.command.kind == COMMAND_WRITE && is_at_primary(connection)) {
      forward(&arrival, true);
   }
}

void
reply_arrived(struct connection *connection, const uint8_t *bytes, size_t length)
{
   struct connection_request *request = &connection->request;
   struct wire_message message;
   bool parsed = wire_parse(bytes, length, &message);
   bool told = connection_has_client(connection) && !request->lose_reply;
   bool more = parsed && message.opcode == WIRE_OP_MSG && (message.flags & WIRE_MORE_TO_COME) != 0;
   if (request->write != NULL) {
      record_add(
         connection->set->record, request->write, parsed ? &message.body : NULL, !told, connection->client_port);
      record_write_destroy(request->write);
      request->write = NULL;
   }
   connection->state = more ? CONNECTION_AT_SERVER : CONNECTION_READY;
   if (parsed && told && !request->is_hello) {
      sight_answered(connection, &message.body);
   }
   if (parsed && request->hold_reply) {
      connection_drop_client(connection);
   } else if (!parsed || !told) {
      connection_close_client(connection);
   } else if (request->is_hello) {
      monitoring_reply(connection, &message.body, &connection->member->actual, NULL, 0);
   } else {
      connection_pass(connection, bytes, length);
   }
}
