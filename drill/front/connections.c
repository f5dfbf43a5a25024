#include "connections.h"

#include "clock.h"
#include "connection.h"
#include "connection_io.h"
#include "set_state.h"

#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>

/* A receiver delays an acknowledgement by 40 to 200 ms at most (RFC 9293, 3.8.6.3; Linux's TCP_DELACK_MAX). */
#define ACKNOWLEDGED_TIMEOUT_US (250 * 1000)
#define ACKNOWLEDGED_LOOK_US (5 * 1000)

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
   if (set->tls != NULL && (connection->tls = tls_session_new(set->tls)) == NULL) {
      free(connection);
      return NULL;
   }
   connection->set = set;
   connection->member = member;
   connection->client_port = client_port;
   LIST_INSERT_HEAD(&set->connections, connection, link);
   count_connection(&set->counters);
   set->limit.told.open[member->number]++;
   sight_opened(connection);
   return connection;
}

static void
free_all(struct connection_list *list)
{
   struct connection *connection;
   while ((connection = LIST_FIRST(list)) != NULL) {
      LIST_REMOVE(connection, link);
      connection_free(connection);
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
   [FRONT_ENDING_RESET] = {connection_doom_client, "connections reset", "answered with RST when they send something"},
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
