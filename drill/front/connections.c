#include "connections.h"

#include "clock.h"
#include "connection.h"
#include "set.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_AGAIN_US 100000

static struct connection *
connection_new(struct front_set *set, struct member *member, uint16_t client_port)
{
   struct connection *connection = calloc(1, sizeof *connection);
   if (connection == NULL) {
      return NULL;
   }
   connection->set = set;
   connection->member = member;
   connection->client_port = client_port;
   connection->next = set->connections;
   if (set->connections != NULL) {
      set->connections->previous = connection;
   }
   set->connections = connection;
   return connection;
}

static void
count_connection(struct front_counters *counters)
{
   counters->connections_created++;
   counters->connections_open++;
   if (counters->connections_open > counters->connections_most) {
      counters->connections_most = counters->connections_open;
   }
}

bool
connections_accept(struct front_set *set, struct member *member)
{
   struct sockaddr_in address = {0};
   socklen_t length = sizeof address;
   int descriptor = accept4(member->listener.fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
   if (descriptor < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
         watch_set(&member->listener, 0);
         set->accept_us = clock_now_us() + ACCEPT_AGAIN_US;
         set_due(set, set->accept_us);
      }
      return errno == EINTR || errno == ECONNABORTED;
   }
   int on = 1;
   setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   struct connection *connection = connection_new(set, member, ntohs(address.sin_port));
   if (connection == NULL) {
      close(descriptor);
      return true;
   }
   count_connection(&set->counters);
   char label[32];
   snprintf(label, sizeof label, "127.0.0.1:%u", member->port);
   connection_start(connection, descriptor, label);
   return true;
}

static void
free_list(struct connection *connection)
{
   while (connection != NULL) {
      struct connection *next = connection->next;
      connection_free(connection);
      connection = next;
   }
}

void
connections_reap(struct front_set *set)
{
   free_list(set->buried);
   set->buried = NULL;
}

void
connections_destroy(struct front_set *set)
{
   connections_reap(set);
   free_list(set->connections);
   set->connections = NULL;
}

size_t
connections_drop(struct front_set *set)
{
   size_t dropped = 0;
   struct connection *next;
   for (struct connection *connection = set->connections; connection != NULL; connection = next) {
      next = connection->next;
      if (connection_has_client(connection)) {
         connection_drop_client(connection);
         dropped++;
      }
   }
   timeline_moment(
      set->timeline, TIMELINE_FAULT, -1, false, "connections dropped", "%zu, their packets vanish", dropped);
   return dropped;
}

void
connections_close(struct front_set *set, const struct member *member)
{
   struct connection *next;
   for (struct connection *connection = set->connections; connection != NULL; connection = next) {
      next = connection->next;
      if (connection->member == member) {
         connection_close_client(connection);
      }
   }
}

void
connections_refresh(struct front_set *set, const struct member *member)
{
   for (struct connection *connection = set->connections; connection != NULL; connection = connection->next) {
      if (connection->member == member) {
         connection_refresh(connection);
      }
   }
}

void
connections_tick(struct front_set *set, int64_t now_us)
{
   struct connection *next;
   for (struct connection *connection = set->connections; connection != NULL; connection = next) {
      next = connection->next;
      connection_tick(connection, now_us);
      if (next != NULL && next->buried) {
         set_due(set, now_us); /* a failover on that command closed it: begin again */
         break;
      }
   }
}
