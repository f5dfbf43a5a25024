#include "connection.h"

#include "clock.h"
#include "set_state.h"
#include "shortage.h"

#include <errno.h>
#include <linux/filter.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* If more than this waits for a client that does not read, the front stops reading from the server. */
#define TO_CLIENT_MAX 1000000
/* Only a client that never reads a stream of hellos gets this far, and is disconnected. */
#define TO_CLIENT_MOST (2 * (size_t)WIRE_MESSAGE_MAX)

bool
connection_has_client(const struct connection *connection)
{
   return connection->client.fd >= 0 && !connection->dropped && !connection->doomed;
}

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
static void
send_the_rest(struct connection *connection)
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

static void
close_watch(struct watch *watch)
{
   watch_set(watch, 0);
   if (watch->fd >= 0) {
      close(watch->fd);
   }
   watch->fd = -1;
}

static void
close_server(struct connection *connection)
{
   close_watch(&connection->server);
   backend_end(&connection->set->backend, &connection->set->server, &connection->loan);
}

static void
unlink_connection(struct connection *connection)
{
   if (connection->previous == NULL) {
      connection->set->connections = connection->next;
   } else {
      connection->previous->next = connection->next;
   }
   if (connection->next != NULL) {
      connection->next->previous = connection->previous;
   }
}

static void
forget_write(struct connection *connection)
{
   record_write_destroy(connection->request.write);
   connection->request.write = NULL;
}

/* Keeps a dropped connection's client socket open, because closing it would notify the client. */
void
connection_end_server(struct connection *connection)
{
   close_server(connection);
   if (connection->owed) {
      connection->owed = false;
      connection->set->replies_owed--;
   }
   forget_write(connection);
   if (connection->client.fd < 0) {
      unlink_connection(connection);
      connection->next = connection->set->buried;
      connection->set->buried = connection;
      connection->buried = true;
   }
}

static void
end_entry(struct connection *connection, const char *how)
{
   char detail[96];
   snprintf(detail,
            sizeof detail,
            "%s, client port %u%s",
            connection->application ? "application" : "monitoring",
            connection->client_port,
            how);
   timeline_end(connection->set->timeline, connection->entry, false, detail);
   connection->entry = SIZE_MAX;
}

static void
lose_client(struct connection *connection)
{
   buffer_clear(&connection->from_client);
   buffer_clear(&connection->to_client);
   outlet_clear(&connection->outlet);
   if (connection->server.fd >= 0 && (connection->state == CONNECTION_AT_SERVER || connection->to_server.length > 0)) {
      connection->owed = true;
      connection->set->replies_owed++;
      connection_refresh(connection);
   } else {
      connection->state = CONNECTION_READY;
      connection_end_server(connection);
   }
}

static void
close_client(struct connection *connection)
{
   close_watch(&connection->client);
   connection->set->counters.connections_open--;
   limit_closed(&connection->set->limit, connection->member->number);
   sight_closed(connection, connection->left ? WITNESS_CLOSED_BY_CLIENT : WITNESS_CLOSED_BY_MEMBER);
   end_entry(connection, "");
   lose_client(connection);
}

void
connection_close_client(struct connection *connection)
{
   if (connection_has_client(connection)) {
      send_the_rest(connection);
      close_client(connection);
   }
}

void
connection_drop_client(struct connection *connection)
{
   if (!connection_has_client(connection)) {
      return;
   }
   /* The kernel runs this filter on every segment before TCP sees it, so neither ACK nor RST goes back (packet(7),
    * socket(7)). */
   struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
   struct sock_fprog program = {.len = 1, .filter = &nothing};
   int off = 0;
   setsockopt(connection->client.fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
   setsockopt(connection->client.fd, SOL_SOCKET, SO_KEEPALIVE, &off, sizeof off);
   watch_set(&connection->client, 0);
   connection->dropped = true;
   connection->set->counters.connections_dropped++;
   sight_closed(connection, WITNESS_DROPPED);
   end_entry(connection, ", its packets vanish from here on");
   lose_client(connection);
}

/* Discards what the client has sent so far: only later bytes are answered with RST. Returns false if the client has
 * closed its side. */
static bool
discard_received(int descriptor)
{
   char bytes[4096];
   ssize_t got;
   do {
      got = recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT);
   } while (got > 0 || (got < 0 && errno == EINTR));
   return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void
connection_doom_client(struct connection *connection)
{
   if (!connection_has_client(connection)) {
      return;
   }
   if (!discard_received(connection->client.fd)) {
      connection_close_client(connection);
      return;
   }
   connection->doomed = true;
   sight_closed(connection, WITNESS_DROPPED);
   end_entry(connection, ", answered with RST from here on");
   lose_client(connection);
   connection_refresh(connection);
}

/* Closed with l_linger 0, a socket sends RST instead of FIN (socket(7), tcp(7)). */
static void
reset_when_closed(const struct connection *connection)
{
   struct linger at_once = {.l_onoff = 1};
   setsockopt(connection->client.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void
connection_meet_doomed(struct connection *connection)
{
   char byte;
   if (recv(connection->client.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
      reset_when_closed(connection);
      connection->set->counters.connections_reset++;
      timeline_moment(connection->set->timeline,
                      TIMELINE_FAULT,
                      -1,
                      false,
                      "connection reset",
                      "%s, client port %u",
                      connection->application ? "application" : "monitoring",
                      connection->client_port);
   }
   close_watch(&connection->client);
   connection->set->counters.connections_open--;
   limit_closed(&connection->set->limit, connection->member->number);
   if (connection->server.fd < 0) {
      connection_end_server(connection);
   }
}

void
connection_reset_client(struct connection *connection)
{
   if (connection_has_client(connection)) {
      reset_when_closed(connection);
      connection->set->counters.connections_reset++;
      close_client(connection);
   }
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

void
connection_lose_server(struct connection *connection)
{
   bool under_way = connection->state == CONNECTION_AT_SERVER || connection->to_server.length > 0;
   if (connection->request.write != NULL) {
      record_add(connection->set->record, connection->request.write, NULL, true, connection->client_port);
      forget_write(connection);
   }
   buffer_clear(&connection->to_server);
   buffer_clear(&connection->from_server);
   connection->state = under_way ? CONNECTION_READY : connection->state;
   if (!connection_has_client(connection)) {
      connection_end_server(connection);
      return;
   }
   /* Servers close idle connections. Those of monitors are idle at the server, because the front answers hellos itself.
    */
   close_server(connection);
   if (under_way || connection->authenticated) {
      connection_close_client(connection);
   }
}

void
connection_start(struct connection *connection,
                 int descriptor,
                 void (*client_ready)(void *, uint32_t),
                 void (*server_ready)(void *, uint32_t))
{
   int epoll_fd = connection->set->epoll_fd;
   connection->client =
      (struct watch){.epoll_fd = epoll_fd, .fd = descriptor, .ready = client_ready, .owner = connection};
   connection->server = (struct watch){.epoll_fd = epoll_fd, .fd = -1, .ready = server_ready, .owner = connection};
   connection->loan.lent = server_lent;
   char label[32];
   snprintf(label, sizeof label, "127.0.0.1:%u", connection->member->port);
   connection->entry = timeline_begin(
      connection->set->timeline, TIMELINE_CONNECTION, -1, label, "client port %u", connection->client_port);
   connection_refresh(connection);
}

void
connection_free(struct connection *connection)
{
   if (connection->dropped) {
      reset_when_closed(connection);
   }
   close_watch(&connection->client);
   close_watch(&connection->server);
   if (connection->entry != SIZE_MAX) {
      end_entry(connection, "");
   }
   forget_write(connection);
   tls_session_destroy(connection->tls);
   users_forget(&connection->user);
   buffer_clear(&connection->from_client);
   buffer_clear(&connection->to_client);
   outlet_clear(&connection->outlet);
   buffer_clear(&connection->from_server);
   buffer_clear(&connection->to_server);
   free(connection);
}
