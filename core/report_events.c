#include "report_events.h"

#include <stddef.h>

void
report_add_durations(struct json_writer *writer, const struct event_ring *ring)
{
   json_begin_array(writer, "durations");
   for (size_t i = 0; i < event_ring_count(ring); i++) {
      const struct event *event = event_ring_at(ring, i);
      if (event->duration_us >= 0 && !event->cancelled) {
         json_add_signed_ms(writer, NULL, event->duration_us);
      }
   }
   json_end_array(writer);
   json_add_number(writer, "notKept", event_ring_not_kept(ring));
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
add_specifics(struct json_writer *writer, const struct event *event)
{
   switch (event->type) {
   case EVENT_HEARTBEAT_STARTED:
   case EVENT_HEARTBEAT_SUCCEEDED:
   case EVENT_HEARTBEAT_FAILED:
      json_add_text(writer, "server", event->server);
      json_add_bool(writer, "awaited", event->awaited);
      break;
   case EVENT_COMMAND_STARTED:
   case EVENT_COMMAND_SUCCEEDED:
   case EVENT_COMMAND_FAILED:
      json_add_text(writer, "server", event->server);
      json_add_text(writer, "command", event->command);
      json_add_integer(writer, "requestId", event->request_id);
      json_add_integer(writer, "operationId", event->operation_id);
      break;
   case EVENT_CONNECTION_CREATED:
   case EVENT_CONNECTION_CLOSED:
      json_add_literal(writer, "kind", event->kind == CONNECTION_APPLICATION ? "application" : "monitoring");
      json_add_number(writer, "connection", event->connection);
      break;
   default:
      break;
   }
}

static void
add_event(struct json_writer *writer, const struct event *event, int64_t started_us)
{
   json_begin_object(writer, NULL);
   json_add_signed_ms(writer, "atMs", event->at_us - started_us);
   json_add_literal(writer, "type", type_name(event->type));
   json_add_number(writer, "invocation", event->invocation);
   add_specifics(writer, event);
   if (event->duration_us >= 0) {
      json_add_ms(writer, "durationMs", event->duration_us);
   }
   if (event->error[0] != '\0') {
      json_add_text(writer, "error", event->error);
   }
   json_end_object(writer);
}

void
report_add_events(struct json_writer *writer, const struct capture_snapshot *snapshot, int64_t started_us)
{
   const struct event_ring *rings[] = {&snapshot->application_events,
                                       &snapshot->monitoring_events,
                                       &snapshot->heartbeat_events,
                                       &snapshot->command_events};
   size_t next[] = {0, 0, 0, 0};
   json_begin_array(writer, "events");
   for (;;) {
      const struct event *earliest = NULL;
      size_t from = 0;
      for (size_t i = 0; i < sizeof rings / sizeof rings[0]; i++) {
         const struct event *event = next[i] < event_ring_count(rings[i]) ? event_ring_at(rings[i], next[i]) : NULL;
         if (event != NULL && (earliest == NULL || event->at_us < earliest->at_us)) {
            earliest = event;
            from = i;
         }
      }
      if (earliest == NULL) {
         break;
      }
      next[from]++;
      add_event(writer, earliest, started_us);
   }
   json_end_array(writer);
}
