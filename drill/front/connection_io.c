#include "connection_io.h"

#include "clock.h"
#include "connection.h"
#include "set_state.h"
#include "shortage.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* If more than this waits for a client that does not read, the front stops reading from the server. */
#define TO_CLIENT_MAX 1000000
/* Only a client that never reads a stream of hellos gets this far, and is disconnected. */
#define TO_CLIENT_MOST (2 * (size_t)WIRE_MESSAGE_MAX)

/* How many bytes wait for the client. */
static size_t
waiting(const struct connection *connection)
{
   return connection->to_client.length + connection->outlet.bytes.length;
}

/* The first answer also has TCP's round trip of delay, because the kernel accepted the client at once. */
static int64_t
due_us(struct connection *connection, int64_t now_us)
{
   int64_t round_trip_us = connection->set->round_trip_us;
   int64_t late_us = connection->answered ? round_trip_us : 2 * round_trip_us;
   connection->answered = true;
   return now_us + late_us;
}

static enum buffer_io
send_on(struct connection *connection)
{
   struct outlet *outlet = &connection->outlet;
   if (connection->tls != NULL && !tls_write(connection->tls, &connection->to_client)) {
      return BUFFER_GONE;
   }
   struct buffer *ready = connection->tls == NULL ? &connection->to_client : tls_output(connection->tls);
   if (ready != NULL && connection->set->round_trip_us == 0 && outlet->count == 0) {
      enum buffer_io sent = buffer_send(ready, connection->client.fd);
      if (sent != BUFFER_AGAIN) {
         return sent;
      }
   }
   int64_t now_us = clock_now_us();
   if (ready == NULL || (ready->length > 0 && !outlet_put(outlet, ready, due_us(connection, now_us)))) {
      return BUFFER_GONE;
   }
   enum buffer_io sent = outlet_send(outlet, connection->client.fd, now_us);
   if (sent == BUFFER_AGAIN && !outlet->blocked) {
      set_due(connection->set, outlet_due_us(outlet));
   }
   return sent;
}

enum buffer_io
connection_receive(struct connection *connection)
{
   if (connection->tls == NULL) {
      return buffer_receive(&connection->from_client, connection->client.fd);
   }
   enum buffer_io received = tls_receive(connection->tls, &connection->from_client, connection->client.fd);
   if (!connection->secured && tls_round_trips(connection->tls) > 0) {
      connection->secured = true;
      sight_secured(connection, tls_round_trips(connection->tls));
   }
   return send_on(connection) == BUFFER_GONE ? BUFFER_GONE : received;
}

void
connection_tick(struct connection *connection, int64_t now_us)
{
   if (outlet_due_us(&connection->outlet) <= now_us) {
      connection_flush(connection);
   } else {
      set_due(connection->set, outlet_due_us(&connection->outlet));
   }
}

/* A member that closes has already sent its answers, so those still delayed are sent before the end. */
void
connection_send_rest(struct connection *connection)
{
   if (connection->member->frozen) {
      return;
   }
   if (connection->tls != NULL) {
      tls_end(connection->tls);
   }
   (void)send_on(connection);
   (void)outlet_send(&connection->outlet, connection->client.fd, INT64_MAX);
}

void
connection_refresh(struct connection *connection)
{
   bool frozen = connection->member->frozen;
   uint32_t client = 0;
   uint32_t server = 0;
   if (!frozen && connection_has_client(connection)) {
      client = (connection->from_client.length <= WIRE_MESSAGE_MAX ? (uint32_t)EPOLLIN : 0) |
               (connection->outlet.blocked ? (uint32_t)EPOLLOUT : 0);
      client = connection->state == CONNECTION_QUEUED ? (uint32_t)EPOLLRDHUP : client;
   }
   if (connection->doomed) {
      client = EPOLLIN;
   }
   if (!frozen || !connection_has_client(connection)) {
      server = (waiting(connection) <= TO_CLIENT_MAX ? (uint32_t)EPOLLIN : 0) |
               (connection->to_server.length > 0 ? (uint32_t)EPOLLOUT : 0);
   }
   watch_set(&connection->client, client);
   watch_set(&connection->server, server);
}

/* Sends what waits for the server over this socket. Returns false when the socket is -1 or broken. */
static bool
send_over(struct connection *connection, int descriptor)
{
   if (descriptor < 0 && shortage_is(errno)) {
      connection->set->counters.shortage = errno;
   }
   connection->server.fd = descriptor;
   connection->server.events = 0;
   return descriptor >= 0 && buffer_send(&connection->to_server, descriptor) != BUFFER_GONE;
}

/* May run while others walk the list of connections, so it does not close this one: the next event does. */
static void
server_lent(struct backend_loan *loan, int descriptor)
{
   struct connection *connection = (struct connection *)((char *)loan - offsetof(struct connection, loan));
   if (!send_over(connection, descriptor)) {
      shutdown(connection->client.fd, SHUT_RDWR);
   }
   connection_refresh(connection);
}

bool
connection_forward(struct connection *connection, const void *bytes, size_t count, bool is_first)
{
   struct front_set *set = connection->set;
   struct backend_loan *loan = &connection->loan;
   bool forwarded = buffer_append(&connection->to_server, bytes, count);
   if (forwarded && connection->server.fd >= 0) {
      forwarded = buffer_send(&connection->to_server, connection->server.fd) != BUFFER_GONE;
   } else if (forwarded && !loan->waits) {
      loan->lent = server_lent;
      int descriptor = is_first || connection->authenticated ? backend_connect(&set->server, loan)
                                                             : backend_borrow(&set->backend, &set->server, loan);
      forwarded = loan->waits || send_over(connection, descriptor);
   }
   if (!forwarded) {
      connection_close_client(connection);
   }
   return forwarded;
}

void
connection_spare_server(struct connection *connection)
{
   if (connection->authenticated) {
      return;
   }
   int descriptor = connection->server.fd;
   watch_set(&connection->server, 0);
   connection->server.fd = -1;
   backend_give_back(&connection->set->backend, &connection->set->server, &connection->loan, descriptor);
}

void
connection_flush(struct connection *connection)
{
   if (send_on(connection) == BUFFER_GONE || waiting(connection) > TO_CLIENT_MOST) {
      connection_close_client(connection);
   }
}

void
connection_pass(struct connection *connection, const void *bytes, size_t count)
{
   if (!buffer_append(&connection->to_client, bytes, count)) {
      connection_close_client(connection);
      return;
   }
   connection_flush(connection);
}

int32_t
connection_reply(struct connection *connection,
                 const struct connection_request *request,
                 uint32_t flags,
                 const bson_t *body)
{
   int32_t id = connection->set->request_id++ & INT32_MAX;
   bool fits = request->is_query ? wire_append_reply(&connection->to_client, id, request->id, body)
                                 : wire_append_msg(&connection->to_client, id, request->id, flags, body);
   if (!fits) {
      connection_close_client(connection);
      return id;
   }
   connection_flush(connection);
   return id;
}
