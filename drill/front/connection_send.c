#include "connection_send.h"

#include "clock.h"
#include "connection.h"
#include "set_state.h"

#include <sys/epoll.h>

/* If more than this waits for a client that does not read, the front stops reading from the server. */
#define TO_CLIENT_MAX 1000000

bool
connection_has_client(const struct connection *connection)
{
   return connection->client.fd >= 0 && !connection->dropped && !connection->doomed;
}

size_t
connection_waiting(const struct connection *connection)
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

enum buffer_io
connection_send(struct connection *connection)
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
      set_due(connection->set, outlet->parts[0].due_us);
   }
   return sent;
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
   (void)connection_send(connection);
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
      server = (connection_waiting(connection) <= TO_CLIENT_MAX ? (uint32_t)EPOLLIN : 0) |
               (connection->to_server.length > 0 ? (uint32_t)EPOLLOUT : 0);
   }
   watch_set(&connection->client, client);
   watch_set(&connection->server, server);
}
