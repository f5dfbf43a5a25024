#include "traffic.h"

#include "clock.h"
#include "connection.h"
#include "connection_io.h"
#include "monitoring.h"
#include "request.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_AGAIN_US 100000

/* The length of the message at the beginning of buffer, if it is complete. 0: not yet. -1: it is malformed. */
static int32_t
whole_message(const struct buffer *buffer)
{
   int32_t length = wire_length(buffer_bytes(buffer), buffer->length);
   return length > 0 && (size_t)length > buffer->length ? 0 : length;
}

static void
advance(struct connection *connection)
{
   while (connection->state == CONNECTION_READY && connection_has_client(connection) && !connection->member->frozen) {
      int32_t length = whole_message(&connection->from_client);
      if (length < 0) {
         connection_close_client(connection);
      }
      if (length <= 0) {
         break;
      }
      bool resumed = connection->resumed;
      connection->resumed = false;
      request_arrived(connection, buffer_bytes(&connection->from_client), (size_t)length, resumed);
      if (connection_has_client(connection) && connection->state != CONNECTION_DELAYED) {
         buffer_consume(&connection->from_client, (size_t)length);
      }
   }
   connection_refresh(connection);
}

static void
client_ready(void *owner, uint32_t events)
{
   struct connection *connection = owner;
   if (connection->doomed) {
      connection_meet_doomed(connection);
      return;
   }
   if (!connection_has_client(connection) || connection->member->frozen) {
      return;
   }
   if (connection->state == CONNECTION_QUEUED) {
      connection->set->limit.told.left_queue++;
      connection->left = true;
      connection_close_client(connection);
      return;
   }
   if ((events & EPOLLOUT) != 0) {
      connection_flush(connection);
   }
   if (!connection_has_client(connection) || (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) {
      connection_refresh(connection);
      return;
   }
   bool gone = connection_receive(connection) == BUFFER_GONE;
   connection->left = gone;
   advance(connection);
   if (gone) {
      request_left(connection);
      connection_close_client(connection);
   }
}

static void
take_replies(struct connection *connection)
{
   bool replied = false;
   while (connection->server.fd >= 0) {
      int32_t length = whole_message(&connection->from_server);
      if (length < 0 || (length > 0 && connection->state != CONNECTION_AT_SERVER)) {
         connection_lose_server(connection);
         return;
      }
      if (length == 0) {
         break;
      }
      reply_arrived(connection, buffer_bytes(&connection->from_server), (size_t)length);
      replied = true;
      if (connection->server.fd >= 0) {
         buffer_consume(&connection->from_server, (size_t)length);
      }
   }
   bool is_done = connection->server.fd >= 0 && connection->state == CONNECTION_READY &&
                  connection->to_server.length == 0 && connection->from_server.length == 0;
   if (is_done && !connection_has_client(connection)) {
      connection_end_server(connection);
   } else if (is_done && replied) {
      connection_spare_server(connection);
   }
}

static void
server_ready(void *owner, uint32_t events)
{
   struct connection *connection = owner;
   if (connection->server.fd < 0 || (connection->member->frozen && connection_has_client(connection))) {
      return;
   }
   bool gone = (events & EPOLLOUT) != 0 && buffer_send(&connection->to_server, connection->server.fd) == BUFFER_GONE;
   if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
      gone = buffer_receive(&connection->from_server, connection->server.fd) == BUFFER_GONE || gone;
   }
   take_replies(connection);
   if (gone && connection->server.fd >= 0) {
      connection_lose_server(connection);
   }
   advance(connection);
}

static unsigned
queue_length(const struct member *member)
{
   unsigned length = 0;
   const struct connection *each;
   LIST_FOREACH(each, &member->set->connections, link) {
      length += each->member == member && each->state == CONNECTION_QUEUED ? 1 : 0;
   }
   return length;
}

/* Whether member closes the connection that it has just accepted. If not, sets how long the client must wait. */
static bool
refuses(struct member *member, uint16_t client_port, int64_t *wait_us)
{
   struct front_set *set = member->set;
   *wait_us = 0;
   if (limit_refuses(&set->limit, member->number, member->port, client_port)) {
      return true;
   }
   bool is_rated = set->pace.per_second > 0;
   if (is_rated && pace_refuses(&set->pace, member->number, queue_length(member), clock_now_us(), wait_us)) {
      limit_count_refused(&set->limit, member->port, client_port);
      return true;
   }
   return false;
}

static void
queue_up(struct connection *connection, int64_t wait_us)
{
   struct front_limited *told = &connection->set->limit.told;
   told->queued++;
   told->queued_most_us = wait_us > told->queued_most_us ? wait_us : told->queued_most_us;
   connection->state = CONNECTION_QUEUED;
   connection->due_us = clock_now_us() + wait_us;
   set_due(connection->set, connection->due_us);
   connection_refresh(connection);
}

/* Returns false if no more clients wait. */
static bool
accept_one(struct member *member)
{
   struct front_set *set = member->set;
   struct sockaddr_in address = {0};
   socklen_t length = sizeof address;
   int descriptor = accept4(member->listener.fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
   if (descriptor < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
         set->counters.shortage = errno;
         watch_set(&member->listener, 0);
         set->accept_us = clock_now_us() + ACCEPT_AGAIN_US;
         set_due(set, set->accept_us);
      }
      return errno == EINTR || errno == ECONNABORTED;
   }
   int64_t wait_us;
   if (refuses(member, ntohs(address.sin_port), &wait_us)) {
      close(descriptor);
      return true;
   }
   int on = 1;
   setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   struct connection *connection =
      connection_open(member, descriptor, ntohs(address.sin_port), client_ready, server_ready);
   if (connection == NULL) {
      close(descriptor);
   } else if (wait_us > 0) {
      queue_up(connection, wait_us);
   }
   return true;
}

void
traffic_accept(void *owner, uint32_t events)
{
   (void)events;
   struct member *member = owner;
   while (member_serves(member) && accept_one(member)) {
   }
}

static void
tick_accept(struct front_set *set, int64_t now_us)
{
   if (set->accept_us == 0) {
      return;
   }
   if (now_us < set->accept_us) {
      set_due(set, set->accept_us);
      return;
   }
   set->accept_us = 0;
   for (unsigned i = 0; i < SET_ADDRESSES; i++) {
      if (member_serves(&set->members[i])) {
         watch_set(&set->members[i].listener, EPOLLIN);
      }
   }
}

/* Does what is due: a message held back, a hello that has waited long enough, messages that came while the member was
 * frozen. */
static void
tick_connection(struct connection *connection, int64_t now_us)
{
   if (connection->member->frozen || !connection_has_client(connection)) {
      return;
   }
   if (connection->state == CONNECTION_AWAITING && now_us >= connection->due_us) {
      monitoring_answer(connection);
   } else if (connection->state == CONNECTION_DELAYED && now_us >= connection->due_us) {
      connection->state = CONNECTION_READY;
      connection->resumed = true;
   } else if (connection->state == CONNECTION_QUEUED && now_us >= connection->due_us) {
      connection->state = CONNECTION_READY;
   }
   advance(connection);
   if (connection_has_client(connection)) {
      connection_flush(connection);
   }
   if (connection->state == CONNECTION_DELAYED || connection->state == CONNECTION_AWAITING ||
       connection->state == CONNECTION_QUEUED) {
      set_due(connection->set, connection->due_us);
   }
}

static void
tick_connections(struct front_set *set, int64_t now_us)
{
   struct connection *next;
   for (struct connection *connection = LIST_FIRST(&set->connections); connection != NULL; connection = next) {
      next = LIST_NEXT(connection, link);
      tick_connection(connection, now_us);
      if (next != NULL && next->buried) {
         set_due(set, now_us); /* a failover on this command closed the next connection: begin again */
         break;
      }
   }
}

void
traffic_tick(struct front_set *set, int64_t now_us)
{
   tick_accept(set, now_us);
   tick_connections(set, now_us);
}
