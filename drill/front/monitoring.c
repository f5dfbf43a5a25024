#include "monitoring.h"

#include "clock.h"
#include "connection_io.h"
#include "set_state.h"

int32_t
monitoring_reply(struct connection *connection,
                 const bson_t *server_reply,
                 const struct hello_view *view,
                 const bson_t *body,
                 uint32_t flags)
{
   const struct front_set *set = connection->set;
   const struct member *member = connection->member;
   struct hello_speaker speaker = {
      .port = member->port, .member = member->number, .domain = set->domain, .set_version = set->version};
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      speaker.ports[i] = set->members[i].port;
   }
   bson_t reply = BSON_INITIALIZER;
   hello_append(&reply, server_reply, &speaker, view, &connection->request.hello);
   if (body != NULL) {
      users_append_hello(&set->users, &connection->user, body, &reply);
   }
   if ((flags & WIRE_MORE_TO_COME) == 0) {
      sight_answered(connection, &reply);
   }
   int32_t id = connection_reply(connection, &connection->request, flags, &reply);
   bson_destroy(&reply);
   return id;
}

static bool
has_news(const struct connection *connection)
{
   const struct hello_view *told = &connection->member->told;
   const struct hello_request *known = &connection->request.hello;
   return !bson_oid_equal(&told->process_id, &known->process_id) || told->counter > known->counter;
}

static void
wait_on(struct connection *connection, int64_t late_us)
{
   connection->state = CONNECTION_AWAITING;
   connection->due_us = clock_now_us() + connection->request.hello.await_us + late_us;
   set_due(connection->set, connection->due_us);
}

void
monitoring_answer(struct connection *connection)
{
   const struct hello_view *told = &connection->member->told;
   struct connection_request *request = &connection->request;
   connection->state = CONNECTION_READY;
   int32_t id =
      monitoring_reply(connection, connection->set->server.hello, told, NULL, request->exhaust ? WIRE_MORE_TO_COME : 0);
   if (!connection_has_client(connection) || !request->exhaust) {
      return;
   }
   /* The next reply of a stream answers the reply before it (OP_MSG specification, "exhaustAllowed"). */
   request->id = id;
   request->hello.process_id = told->process_id;
   request->hello.counter = told->counter;
   sight_streams_on(connection);
   struct front_set *set = connection->set;
   wait_on(connection, delays_next_us(&set->delays, connection->member->number, false, &set->counters.messages_lost));
}

void
monitoring_begin(struct connection *connection)
{
   wait_on(connection, 0);
   if (has_news(connection)) {
      monitoring_answer(connection);
   }
}

void
monitoring_told(struct front_set *set, const struct member *member)
{
   struct connection *next;
   for (struct connection *connection = LIST_FIRST(&set->connections); connection != NULL; connection = next) {
      next = LIST_NEXT(connection, link);
      if (connection->member == member && !member->frozen && connection->state == CONNECTION_AWAITING &&
          has_news(connection)) {
         monitoring_answer(connection);
         connection_refresh(connection);
         set_due(set, clock_now_us());
      }
   }
}
