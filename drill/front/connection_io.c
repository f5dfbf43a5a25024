#include "connection_io.h"

#include "connection.h"
#include "connection_send.h"
#include "error.h"
#include "set_state.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

/* Only a client that never reads a stream of hellos gets this far, and is disconnected. */
#define TO_CLIENT_MOST (2 * (size_t)WIRE_MESSAGE_MAX)

enum buffer_io
connection_receive(struct connection *connection)
{
   if (connection->tls == NULL) {
      return buffer_receive(&connection->from_client, connection->client.fd);
   }
   enum buffer_io received = tls_receive(connection->tls, &connection->from_client, connection->client.fd);
   if (!connection->secured && tls_round_trips(connection->tls) > 0) {
      connection->secured = true;
      witness_secured(connection->set->witness, connection->sight.connection, tls_round_trips(connection->tls));
   }
   return connection_send(connection) == BUFFER_GONE ? BUFFER_GONE : received;
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
      int descriptor = is_first || connection->authenticated ? backend_connect(&set->backend, loan)
                                                             : backend_borrow(&set->backend, loan);
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
   backend_give_back(&connection->set->backend, &connection->loan, descriptor);
}

void
connection_flush(struct connection *connection)
{
   if (connection_send(connection) == BUFFER_GONE || connection_waiting(connection) > TO_CLIENT_MOST) {
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
