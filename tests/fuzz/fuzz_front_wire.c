/* How the front treats a client's bytes and the server's replies, from the bytes of a connection to each message's
 * handling. connection and set, which have the sockets, are replaced here.
 * - An invalid message closes the connection; a valid one is answered, forwarded or held back, exactly once.
 * - What is forwarded, and what the front itself sends, are well-formed messages.
 * - Without authentication only what anybody may send reaches the server.
 * - A rate limiter admits no more than its rate; the other commands are answered with its error.
 * - With a limit of one connection, all others are refused while that one is open, and none afterwards.
 * - Only ObjectIds get into the record of writes.
 *
 * The first byte of the input is the member: p for the primary, s for a secondary. The second one is a fault for the
 * first command: e error, n "not primary", d delay, c close, r reset, l lose_reply, b black_hole; f is a failover on
 * insert, k one that kills the member; u is a user as whom the client must authenticate first; o is an overloaded
 * server, which admits one command a second; m is a limit of one connection, and of one new one a second. Messages
 * follow: the client's, and after one that is forwarded, the server's reply. */
#include "fuzz_target.h"

#include "clock.h"
#include "connection_io.h"
#include "document.h"
#include "monitoring.h"
#include "request.h"
#include "set.h"

#define CLIENT_PORT 40000

/* What has happened to a message so far. */
static struct {
   unsigned forwarded;
   unsigned passed;
   unsigned replies;
   unsigned streamed; /* of the replies: more will follow */
} done;

/* What an overloaded server has done so far. */
static struct {
   int64_t since_us;
   unsigned admitted;
} overload;

/* --- in the place of connection.c --------------------------------------------------------------------------------- */

static void
forget_write(struct connection *connection)
{
   record_write_destroy(connection->request.write);
   connection->request.write = NULL;
}

void
connection_close_client(struct connection *connection)
{
   if (connection->client.fd >= 0) {
      connection->set->limit.told.open[connection->member->number]--;
   }
   connection->client.fd = -1;
   connection->state = CONNECTION_READY;
   forget_write(connection);
}

void
connection_reset_client(struct connection *connection)
{
   connection_close_client(connection);
}

void
connection_drop_client(struct connection *connection)
{
   connection->dropped = true;
   connection->state = CONNECTION_READY;
   forget_write(connection);
}

bool
connection_forward(struct connection *connection, const void *bytes, size_t count, bool is_first)
{
   struct wire_message message;

   (void)connection;
   (void)is_first;
   require(wire_parse(bytes, count, &message), "a message for the server");
   done.forwarded++;
   return true;
}

void
connection_pass(struct connection *connection, const void *bytes, size_t count)
{
   struct wire_message message;

   (void)connection;
   require(wire_parse(bytes, count, &message), "a message for the client");
   done.passed++;
}

/* A command that a rate limiter sheds is retried only if the error says so. */
static void
check_overloaded(const bson_t *body)
{
   if (document_number(body, "code", 0) == COMMAND_OVERLOADED) {
      require(overload.since_us > 0, "no such error of a server that is not overloaded");
      require(document_has(body, "errorLabels.1"), "the labels of an overload error");
      require(document_number(body, "baseBackoffMS", 0) == 100, "its baseBackoffMS");
   }
}

static void
check_reply(const struct buffer *reply, const struct connection_request *request, uint32_t flags)
{
   struct wire_message message;

   require(wire_parse(buffer_bytes(reply), reply->length, &message), "a reply");
   require(message.response_to == request->id, "an answer to its request");
   require(message.opcode == (request->is_query ? WIRE_OP_REPLY : WIRE_OP_MSG), "a reply of the request's kind");
   require(request->is_query || message.flags == flags, "a reply with its flags");
}

int32_t
connection_reply(struct connection *connection,
                 const struct connection_request *request,
                 uint32_t flags,
                 const bson_t *body)
{
   int32_t id = connection->set->request_id++ & INT32_MAX;
   struct buffer reply = {0};

   require(request->is_query ? wire_append_reply(&reply, id, request->id, body)
                             : wire_append_msg(&reply, id, request->id, flags, body),
           "memory");
   check_reply(&reply, request, flags);
   check_overloaded(body);
   buffer_clear(&reply);
   done.replies++;
   done.streamed += (flags & WIRE_MORE_TO_COME) != 0 ? 1 : 0;
   return id;
}

/* --- in the place of set.c ---------------------------------------------------------------------------------------- */

void
set_changed(struct front_set *set, struct member *member)
{
   member->actual.primary = set->primary;
   member->actual.counter++;
   member->told = member->actual;
}

int
set_failover(struct front_set *set, const struct front_failover *how, struct drill_error *error)
{
   (void)error;
   set->primary = 2;
   set_changed(set, &set->members[0]);
   if (how->kill) {
      connection_close_client(LIST_FIRST(&set->connections));
   }
   return 0;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
add_fault(struct front_set *set, char letter)
{
   static const struct {
      char letter;
      enum front_fault_kind kind;
      int error_code;
   } faults[] = {
      {'e', FRONT_FAULT_ERROR, 8000},
      {'n', FRONT_FAULT_ERROR, COMMAND_NOT_PRIMARY},
      {'d', FRONT_FAULT_DELAY, 0},
      {'c', FRONT_FAULT_CLOSE, 0},
      {'r', FRONT_FAULT_RESET, 0},
      {'l', FRONT_FAULT_LOSE_REPLY, 0},
      {'b', FRONT_FAULT_BLACK_HOLE, 0},
   };

   for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
      struct front_fault fault = {
         .kind = faults[i].kind, .times = 1, .error_code = faults[i].error_code, .delay_ms = 1};

      require(faults[i].letter != letter || faults_add(&set->faults, &fault, NULL) == 0, "a fault");
   }
   set->failover_armed = letter == 'f' || letter == 'k';
   set->failover_how.kill = letter == 'k';
   snprintf(set->failover_command, sizeof set->failover_command, "insert");
   switch (letter) {
   case 'o':
      overload.since_us = clock_now_us();
      pace_set(&set->shed, 1, 0, overload.since_us);
      set->base_backoff_ms = 100;
      break;
   case 'm':
      limit_set(&set->limit, 1);
      pace_set(&set->pace, 1, 1, clock_now_us());
      break;
   case 'u':
      set->users.required = scram_user_init(&set->users.user, "drill", "secret", (const uint8_t *)"salt", 4, 1);
      require(set->users.required, "a user");
      break;
   default:
      break;
   }
}

static void
init_set(struct front_set *set, struct connection *connection, char member, char fault)
{
   *set = (struct front_set){.primary = member == 's' ? 1 : 0, .candidate = -1, .due_us = INT64_MAX};
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      set->members[i] = (struct member){.set = set, .number = i, .port = (uint16_t)(27017 + i), .up = true};
      set_changed(set, &set->members[i]);
   }
   set->server.hello = BCON_NEW("maxWireVersion", BCON_INT32(25), "ok", BCON_DOUBLE(1));
   set->record = record_new();
   set->witness = witness_new();
   set->limit.owner_fd = -1;
   memset(&overload, 0, sizeof overload);
   require(set->server.hello != NULL && set->record != NULL && set->witness != NULL, "memory");
   add_fault(set, fault);
   *connection =
      (struct connection){.set = set, .member = &set->members[0], .client_port = CLIENT_PORT, .entry = SIZE_MAX};
   LIST_INSERT_HEAD(&set->connections, connection, link);
   require(!limit_refuses(&set->limit, 0, set->members[0].port, CLIENT_PORT), "room for the first connection");
   set->limit.told.open[0]++;
}

static void
check_record(struct record *record)
{
   size_t count;
   struct witness_write *writes = record_copy(record, &count, NULL);

   for (size_t i = 0; i < count; i++) {
      const char *digits = writes[i].id[0] == '#' ? writes[i].id + 1 : writes[i].id;
      size_t length = strlen(digits);

      require(length == (digits == writes[i].id ? 24 : 16) || writes[i].id[0] == '\0', "an ObjectId, a hash or none");
      require(strspn(digits, "0123456789abcdef") == length, "hexadecimal digits");
   }
   free(writes);
}

static void
clear_set(struct front_set *set)
{
   check_record(set->record);
   forget_write(LIST_FIRST(&set->connections));
   users_forget(&LIST_FIRST(&set->connections)->user);
   record_destroy(set->record);
   witness_destroy(set->witness);
   bson_destroy(set->server.hello);
}

static void
check_request(const struct connection *connection, const uint8_t *bytes, size_t length)
{
   struct wire_message message = {.flags = 0};
   bool valid = wire_parse(bytes, length, &message) && message.opcode != WIRE_OP_REPLY;
   /* The server does not answer these, and neither does the front. */
   bool is_unanswered = message.opcode == WIRE_OP_MSG && (message.flags & WIRE_MORE_TO_COME) != 0;
   unsigned answers = done.replies - done.streamed;

   require(done.passed == 0, "a reply of the server to what was sent to it");
   if (!connection_has_client(connection)) {
      require(done.forwarded + done.replies == 0, "nothing of a connection that is closed");
      return;
   }
   require(valid, "a connection that is closed");
   switch (connection->state) {
   case CONNECTION_READY:
      require(answers + done.forwarded == 1 || (answers + done.forwarded == 0 && is_unanswered), "one answer");
      require(answers == 0 || !is_unanswered, "no answer to who wants none");
      require(done.forwarded == 0 || is_unanswered, "a wait for the reply");
      break;
   case CONNECTION_AT_SERVER:
      require(done.forwarded == 1 && done.replies == 0, "a message at the server");
      break;
   case CONNECTION_AWAITING:
   case CONNECTION_DELAYED:
   case CONNECTION_QUEUED:
      require(done.forwarded + answers == 0, "a message that is held back");
      break;
   }
}

static bool
may_be_sent_by_anybody(const char *name)
{
   static const char *const names[] = {"ping", "buildInfo", "buildinfo", "connectionStatus", "endSessions"};
   bool may = false;

   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      may = may || strcmp(name, names[i]) == 0;
   }
   return may;
}

static void
check_forwarded(const struct connection *connection, const uint8_t *bytes, size_t length)
{
   struct wire_message message;
   struct command command;

   if (done.forwarded == 0) {
      return;
   }
   require(wire_parse(bytes, length, &message) && command_read(&message, &command), "a command");
   require(!connection->set->users.required || connection->user.known || may_be_sent_by_anybody(command.name),
           "nothing of a stranger for the server");
   if (overload.since_us > 0 && command_is_of_application(&command)) {
      overload.admitted++;
      require(overload.admitted <= 1 + (clock_now_us() - overload.since_us) / 1000000, "no more than its rate");
   }
}

/* Another client connects to the same member. */
static void
check_limit(struct front_set *set)
{
   uint64_t refused = set->limit.told.refused;
   bool is_open = LIST_FIRST(&set->connections)->client.fd >= 0;
   int64_t wait_us = 0;

   if (set->limit.most == 0) {
      return;
   }
   require(limit_refuses(&set->limit, 0, set->members[0].port, CLIENT_PORT + 1) == is_open, "one connection at once");
   require(set->limit.told.refused == refused + (is_open ? 1 : 0), "a count of what was refused");
   if (!pace_refuses(&set->pace, 0, 0, clock_now_us(), &wait_us)) {
      require(wait_us >= 0, "a wait that ends");
   }
   require(pace_refuses(&set->pace, 0, 1, clock_now_us(), &wait_us) || wait_us == 0, "a queue of one");
}

static void
take_request(struct connection *connection, const uint8_t *bytes, size_t length)
{
   bool resumed = false;

   do {
      memset(&done, 0, sizeof done);
      connection->state = CONNECTION_READY;
      request_arrived(connection, bytes, length, resumed);
      check_forwarded(connection, bytes, length);
      check_request(connection, bytes, length);
      resumed = true;
   } while (connection->state == CONNECTION_DELAYED);
   if (connection->state == CONNECTION_AWAITING) {
      require(connection->request.hello.await_us >= 0 && connection->request.hello.await_us <= 600000000,
              "a wait of at most ten minutes");
      memset(&done, 0, sizeof done);
      monitoring_answer(connection);
      require(done.replies == 1, "an answer when its time is over");
      connection->state = CONNECTION_READY;
   }
}

static void
take_reply(struct connection *connection, const uint8_t *bytes, size_t length)
{
   memset(&done, 0, sizeof done);
   reply_arrived(connection, bytes, length);
   require(done.forwarded == 0, "nothing of a reply for the server");
   require(done.passed + done.replies == (connection_has_client(connection) ? 1U : 0U), "one reply, or the end");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   struct front_set set;
   struct connection connection;

   if (size < 2) {
      return 0;
   }
   init_set(&set, &connection, (char)data[0], (char)data[1]);
   for (size_t at = 2; connection_has_client(&connection);) {
      int32_t length = wire_length(data + at, size - at);

      if (length <= 0 || (size_t)length > size - at) {
         break;
      }
      uint8_t *bytes = copy_of(data + at, (size_t)length);

      if (connection.state == CONNECTION_AT_SERVER) {
         take_reply(&connection, bytes, (size_t)length);
      } else {
         take_request(&connection, bytes, (size_t)length);
      }
      free(bytes);
      check_limit(&set);
      at += (size_t)length;
   }
   clear_set(&set);
   return 0;
}
