#include "report_events.h"

#include <stddef.h>

void
report_add_durations(struct json_writer *writer, cJSON *parent, const struct event_ring *ring)
{
   cJSON *durations = json_add_array(writer, parent, "durations");
   for (size_t i = 0; i < event_ring_count(ring); i++) {
      const struct event *event = event_ring_at(ring, i);
      if (event->duration_us >= 0 && !event->cancelled) {
         json_append_ms(writer, durations, event->duration_us);
      }
   }
   json_add_number(writer, parent, "notKept", (double)event_ring_not_kept(ring));
}

static const char *
type_name(enum event_type type)
{
   static const char *const names[] = {[EVENT_HEARTBEAT_STARTED] = "heartbeatStarted",
                                       [EVENT_HEARTBEAT_SUCCEEDED] = "heartbeatSucceeded",
                                       [EVENT_HEARTBEAT_FAILED] = "heartbeatFailed",
                                       [EVENT_COMMAND_STARTED] = "commandStarted",
                                       [EVENT_COMMAND_SUCCEEDED] = "commandSucceeded",
                                       [EVENT_COMMAND_FAILED] = "commandFailed",
                                       [EVENT_CONNECTION_CREATED] = "connectionCreated",
                                       [EVENT_CONNECTION_CLOSED] = "connectionClosed"};
   return names[type];
}

static void
add_specifics(struct json_writer *writer, cJSON *object, const struct event *event)
{
   switch (event->type) {
   case EVENT_HEARTBEAT_STARTED:
   case EVENT_HEARTBEAT_SUCCEEDED:
   case EVENT_HEARTBEAT_FAILED:
      json_add_text(writer, object, "server", event->server);
      json_add_bool(writer, object, "awaited", event->awaited);
      break;
   case EVENT_COMMAND_STARTED:
   case EVENT_COMMAND_SUCCEEDED:
   case EVENT_COMMAND_FAILED:
      json_add_text(writer, object, "server", event->server);
      json_add_text(writer, object, "command", event->command);
      json_add_integer(writer, object, "requestId", event->request_id);
      json_add_integer(writer, object, "operationId", event->operation_id);
      break;
   case EVENT_CONNECTION_CREATED:
   case EVENT_CONNECTION_CLOSED:
      json_add_text(writer, object, "kind", event->kind == CONNECTION_APPLICATION ? "application" : "monitoring");
      json_add_number(writer, object, "connection", event->connection);
      break;
   }
}

static void
add_event(struct json_writer *writer, cJSON *events, const struct event *event, int64_t started_us)
{
   cJSON *object = json_append_object(writer, events);
   json_add_signed_ms(writer, object, "atMs", event->at_us - started_us);
   json_add_text(writer, object, "type", type_name(event->type));
   json_add_number(writer, object, "invocation", event->invocation);
   add_specifics(writer, object, event);
   if (event->duration_us >= 0) {
      json_add_ms(writer, object, "durationMs", event->duration_us);
   }
   if (event->error[0] != '\0') {
      json_add_text(writer, object, "error", event->error);
   }
}

void
report_add_events(struct json_writer *writer, cJSON *root, const struct capture_snapshot *snapshot, int64_t started_us)
{
   const struct event_ring *rings[] = {
      &snapshot->connection_events, &snapshot->heartbeat_events, &snapshot->command_events};
   size_t next[] = {0, 0, 0};
   cJSON *events = json_add_array(writer, root, "events");
   for (;;) {
      const struct event *earliest = NULL;
      size_t from = 0;
      for (size_t i = 0; i < 3; i++) {
         const struct event *event = next[i] < event_ring_count(rings[i]) ? event_ring_at(rings[i], next[i]) : NULL;
         if (event != NULL && (earliest == NULL || event->at_us < earliest->at_us)) {
            earliest = event;
            from = i;
         }
      }
      if (earliest == NULL) {
         return;
      }
      next[from]++;
      add_event(writer, events, earliest, started_us);
   }
}
