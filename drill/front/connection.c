#include "connection.h"

#include "clock.h"
#include "connection_send.h"
#include "set_state.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* A receiver delays an acknowledgement by 40 to 200 ms at most (RFC 9293, 3.8.6.3; Linux's TCP_DELACK_MAX). */
#define ACKNOWLEDGED_TIMEOUT_US (250 * 1000)
#define ACKNOWLEDGED_LOOK_US (5 * 1000)

static void
close_server(struct connection *connection)
{
   watch_close(&connection->server);
   backend_end(&connection->set->backend, &connection->loan);
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
      LIST_REMOVE(connection, link);
      LIST_INSERT_HEAD(&connection->set->buried, connection, link);
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
close_socket(struct connection *connection)
{
   watch_close(&connection->client);
   connection->set->counters.connections_open--;
   connection->set->limit.told.open[connection->member->number]--;
}

static void
close_client(struct connection *connection)
{
   close_socket(connection);
   sight_closed(connection, connection->left ? WITNESS_CLOSED_BY_CLIENT : WITNESS_CLOSED_BY_MEMBER);
   end_entry(connection, "");
   lose_client(connection);
}

void
connection_close_client(struct connection *connection)
{
   if (connection_has_client(connection)) {
      connection_send_rest(connection);
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

/* Discards what the client has sent so far: only what comes later is answered with RST. Returns false if the client has
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

static void
doom_client(struct connection *connection)
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
                      false,
                      "connection reset",
                      "%s, client port %u",
                      connection->application ? "application" : "monitoring",
                      connection->client_port);
   }
   close_socket(connection);
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

/* --- the list of all connections ---------------------------------------------------------------------------------- */

static void
count_connection(struct front_counters *counters)
{
   counters->connections_open++;
   if (counters->connections_open > counters->connections_most) {
      counters->connections_most = counters->connections_open;
   }
}

struct connection *
connection_open(struct member *member,
                int descriptor,
                uint16_t client_port,
                void (*client_ready)(void *, uint32_t),
                void (*server_ready)(void *, uint32_t))
{
   struct front_set *set = member->set;
   struct connection *connection = calloc(1, sizeof *connection);
   if (connection == NULL || (set->tls != NULL && (connection->tls = tls_session_new(set->tls)) == NULL)) {
      free(connection);
      return NULL;
   }
   connection->set = set;
   connection->member = member;
   connection->client_port = client_port;
   connection->client =
      (struct watch){.epoll_fd = set->epoll_fd, .fd = descriptor, .ready = client_ready, .owner = connection};
   connection->server = (struct watch){.epoll_fd = set->epoll_fd, .fd = -1, .ready = server_ready, .owner = connection};
   LIST_INSERT_HEAD(&set->connections, connection, link);
   count_connection(&set->counters);
   set->limit.told.open[member->number]++;
   sight_opened(connection);
   char label[32];
   snprintf(label, sizeof label, "127.0.0.1:%u", member->port);
   connection->entry = timeline_begin(set->timeline, TIMELINE_CONNECTION, -1, label, "client port %u", client_port);
   connection_refresh(connection);
   return connection;
}

static void
free_connection(struct connection *connection)
{
   if (connection->dropped) {
      reset_when_closed(connection);
   }
   watch_close(&connection->client);
   watch_close(&connection->server);
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

static void
free_all(struct connection_list *list)
{
   struct connection *connection;
   while ((connection = LIST_FIRST(list)) != NULL) {
      LIST_REMOVE(connection, link);
      free_connection(connection);
   }
}

void
connections_reap(struct front_set *set)
{
   free_all(&set->buried);
}

void
connections_destroy(struct front_set *set)
{
   free_all(&set->buried);
   free_all(&set->connections);
}

static bool
all_is_acknowledged(const struct front_set *set)
{
   const struct connection *connection;
   LIST_FOREACH(connection, &set->connections, link) {
      int unacknowledged = 0;
      if (connection_has_client(connection) && ioctl(connection->client.fd, SIOCOUTQ, &unacknowledged) == 0 &&
          unacknowledged > 0) {
         return false;
      }
   }
   return true;
}

/* Waits until clients have acknowledged what was sent to them. Otherwise this machine would keep resending it over the
 * silent connection, and a client's TCP would not consider the connection dead. */
static void
await_acknowledgements(const struct front_set *set)
{
   for (int64_t end_us = clock_now_us() + ACKNOWLEDGED_TIMEOUT_US;
        !all_is_acknowledged(set) && clock_now_us() < end_us;) {
      clock_sleep_us(ACKNOWLEDGED_LOOK_US);
   }
}

static const struct {
   void (*end)(struct connection *connection);
   const char *label;
   const char *detail;
} endings[] = {
   [FRONT_ENDING_CLOSED] = {connection_close_client, "connections closed", "closed with FIN"},
   [FRONT_ENDING_RESET] = {doom_client, "connections reset", "answered with RST when they send something"},
   [FRONT_ENDING_SILENT] = {connection_drop_client, "connections silent", "their packets vanish"},
};

/* Ends the connections of one member, or of all members. Returns how many it ended. */
static size_t
end_each(struct front_set *set, const struct member *member, void (*end)(struct connection *connection))
{
   size_t ended = 0;
   struct connection *next;
   for (struct connection *connection = LIST_FIRST(&set->connections); connection != NULL; connection = next) {
      next = LIST_NEXT(connection, link);
      if (connection_has_client(connection) && (member == NULL || connection->member == member)) {
         end(connection);
         ended++;
      }
   }
   return ended;
}

size_t
connections_end(struct front_set *set, enum front_ending ending, const struct member *member)
{
   if (ending == FRONT_ENDING_SILENT) {
      await_acknowledgements(set);
   }
   size_t ended = end_each(set, member, endings[ending].end);
   timeline_moment(
      set->timeline, TIMELINE_FAULT, false, endings[ending].label, "%zu, %s", ended, endings[ending].detail);
   return ended;
}

void
connections_close(struct front_set *set, const struct member *member)
{
   (void)end_each(set, member, connection_close_client);
}

void
connections_refresh(struct front_set *set, const struct member *member)
{
   struct connection *connection;
   LIST_FOREACH(connection, &set->connections, link) {
      if (connection->member == member) {
         connection_refresh(connection);
      }
   }
}
