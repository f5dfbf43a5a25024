#include "connections.h"

#include "connection.h"
#include "set_state.h"

#include <stdlib.h>

static void
count_connection(struct front_counters *counters)
{
   counters->connections_created++;
   counters->connections_open++;
   if (counters->connections_open > counters->connections_most) {
      counters->connections_most = counters->connections_open;
   }
}

struct connection *
connections_add(struct front_set *set, struct member *member, uint16_t client_port)
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
   count_connection(&set->counters);
   return connection;
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
