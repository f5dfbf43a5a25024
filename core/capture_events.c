/* Records what apm and connections report of the driver, in the window of its lane or of the process. */
#include "capture_state.h"

#include "clock.h"

#include <stdio.h>
#include <string.h>

#define SERVER_UNKNOWN SIZE_MAX

/* Static functions run with the lock held. */

/* Copies as much of text as fits. */
static void
copy_text(char *to, size_t size, const char *text)
{
   size_t length = strnlen(text, size - 1);
   memcpy(to, text, length);
   to[length] = '\0';
}

/* With several lanes, what the process itself does belongs to no invocation. */
static uint32_t
invocation_of_process(const struct capture *capture)
{
   return capture->lane_count == 1 ? capture->lanes[0].invocation : 0;
}

static struct event *
add_event(uint32_t invocation, struct event_ring *ring, enum event_type type, int64_t now_us)
{
   struct event *event = event_ring_add(ring);
   event->type = type;
   event->at_us = now_us;
   event->duration_us = -1;
   event->invocation = invocation;
   return event;
}

static void
note_unpaired(struct capture *capture, const char *what, const char *of)
{
   if (capture->life.unpaired++ == 0) {
      (void)snprintf(capture->life.first_unpaired, sizeof capture->life.first_unpaired, "%s (%.60s)", what, of);
   }
}

/* Returns the index of a server, known or new; SERVER_UNKNOWN when CAPTURE_SERVERS_MAX others are known already. The
 * heartbeats of such a server are counted, but not judged. */
static size_t
server_index(struct capture *capture, const char *address)
{
   for (size_t i = 0; i < capture->server_count; i++) {
      if (strcmp(capture->servers[i].address, address) == 0) {
         return i;
      }
   }
   if (capture->server_count == CAPTURE_SERVERS_MAX) {
      return SERVER_UNKNOWN;
   }
   struct capture_server *added = &capture->servers[capture->server_count];
   copy_text(added->address, sizeof added->address, address);
   return capture->server_count++;
}

static struct heartbeat_track *
track_of(struct capture *capture, int monitor, size_t index)
{
   return monitor == CAPTURE_MONITOR_OF_PROCESS ? &capture->tracks[index] : &capture->lanes[monitor].tracks[index];
}

static void
judge_interval(struct capture *capture, const struct heartbeat_start *start, const char *server)
{
   if (start->unpaired) {
      note_unpaired(capture, "a heartbeat started before the previous one ended", server);
   }
   if (start->interval_us < 0) {
      return;
   }
   int64_t shortest = capture->heartbeats.shortest_interval_us;
   if (shortest < 0 || start->interval_us < shortest) {
      capture->heartbeats.shortest_interval_us = start->interval_us;
   }
   if (!start->too_close) {
      return;
   }
   if (capture->life.heartbeats_too_close++ == 0 || start->interval_us < capture->life.closest_us) {
      capture->life.closest_us = start->interval_us;
      copy_text(capture->life.closest_server, sizeof capture->life.closest_server, server);
   }
}

static void
command_in_progress_add(struct capture *capture, const struct capture_command *command, int64_t now_us)
{
   struct capture_lane *lane = &capture->lanes[command->lane];
   if (lane->in_progress_count == COMMANDS_IN_PROGRESS_MAX) {
      note_unpaired(capture, "a command never ended", command->name);
      return;
   }
   lane->in_progress[lane->in_progress_count++] =
      (struct command_in_progress){.request_id = command->request_id, .started_us = now_us};
}

/* Returns the command's duration, or -1 when it was not in progress. */
static int64_t
command_in_progress_remove(struct capture *capture, const struct capture_command *command, int64_t now_us)
{
   struct capture_lane *lane = &capture->lanes[command->lane];
   for (size_t i = 0; i < lane->in_progress_count; i++) {
      if (lane->in_progress[i].request_id == command->request_id) {
         int64_t duration_us = now_us - lane->in_progress[i].started_us;
         lane->in_progress[i] = lane->in_progress[--lane->in_progress_count];
         return duration_us;
      }
   }
   note_unpaired(capture, "a command ended that had not started", command->name);
   return -1;
}

static void
describe_command(struct event *event, const struct capture_command *command)
{
   event->request_id = command->request_id;
   event->operation_id = command->operation_id;
   copy_text(event->command, sizeof event->command, command->name);
   copy_text(event->server, sizeof event->server, command->server);
}

/* A retry keeps its operation id and takes a new request id (Command Logging and Monitoring, "operationId"). */
static bool
is_retry(const struct capture_lane *lane, const struct capture_command *command)
{
   return lane->last_command_failed && lane->last_operation_id == command->operation_id &&
          strcmp(lane->last_command, command->name) == 0;
}

void
capture_heartbeat_started(struct capture *capture, int monitor, const char *server, bool awaited)
{
   (void)pthread_mutex_lock(&capture->lock);
   int64_t now_us = clock_monotonic_us();
   capture->heartbeats.started++;
   capture->heartbeats.awaited += awaited ? 1 : 0;
   capture->life.heartbeats_started++;
   capture->life.heartbeats_awaited += awaited ? 1 : 0;
   size_t index = server_index(capture, server);
   if (index != SERVER_UNKNOWN) {
      struct heartbeat_start start = heartbeat_track_started(track_of(capture, monitor, index), awaited, now_us);
      judge_interval(capture, &start, server);
   }
   struct event *event =
      add_event(invocation_of_process(capture), &capture->heartbeat_events, EVENT_HEARTBEAT_STARTED, now_us);
   event->awaited = awaited;
   copy_text(event->server, sizeof event->server, server);
   (void)pthread_mutex_unlock(&capture->lock);
}

/* Adds the event that ends a heartbeat, with its duration; the caller adds the outcome. */
static struct event *
end_heartbeat(
   struct capture *capture, int monitor, enum event_type type, const char *server, bool awaited, size_t index)
{
   int64_t now_us = clock_monotonic_us();
   struct event *event = add_event(invocation_of_process(capture), &capture->heartbeat_events, type, now_us);
   event->awaited = awaited;
   copy_text(event->server, sizeof event->server, server);
   if (index != SERVER_UNKNOWN) {
      bool succeeded = type == EVENT_HEARTBEAT_SUCCEEDED;
      event->duration_us = heartbeat_track_ended(track_of(capture, monitor, index), succeeded, now_us);
      if (event->duration_us < 0) {
         note_unpaired(capture, "a heartbeat ended that had not started", server);
      }
   }
   return event;
}

static void
count_heartbeat_duration(struct capture *capture, const struct event *event)
{
   if (event->duration_us >= 0) {
      capture->heartbeats.duration_sum_us += event->duration_us;
      capture->heartbeats.duration_count++;
   }
}

static void
describe_server(struct capture *capture, size_t index, const char *role, const char *error)
{
   if (index != SERVER_UNKNOWN) {
      struct capture_server *server = &capture->servers[index];
      copy_text(server->role, sizeof server->role, role);
      copy_text(server->error, sizeof server->error, error);
   }
}

void
capture_heartbeat_succeeded(struct capture *capture, int monitor, const char *server, bool awaited, const char *role)
{
   (void)pthread_mutex_lock(&capture->lock);
   size_t index = server_index(capture, server);
   struct event *event = end_heartbeat(capture, monitor, EVENT_HEARTBEAT_SUCCEEDED, server, awaited, index);
   capture->heartbeats.succeeded++;
   count_heartbeat_duration(capture, event);
   describe_server(capture, index, role, "");
   (void)pthread_mutex_unlock(&capture->lock);
}

void
capture_heartbeat_failed(struct capture *capture, int monitor, const char *server, bool awaited, const char *error)
{
   (void)pthread_mutex_lock(&capture->lock);
   size_t index = server_index(capture, server);
   struct event *event = end_heartbeat(capture, monitor, EVENT_HEARTBEAT_FAILED, server, awaited, index);
   event->cancelled = awaited && error[0] == '\0';
   if (event->cancelled) {
      capture->heartbeats.cancelled++;
      (void)snprintf(event->error, sizeof event->error, "cancelled by the driver");
   } else {
      capture->heartbeats.failed++;
      count_heartbeat_duration(capture, event);
      copy_text(event->error, sizeof event->error, error);
      describe_server(capture, index, "", error[0] == '\0' ? "the driver gives no reason" : error);
   }
   (void)pthread_mutex_unlock(&capture->lock);
}

void
capture_command_started(struct capture *capture, const struct capture_command *command)
{
   struct capture_lane *lane = &capture->lanes[command->lane];
   (void)pthread_mutex_lock(&capture->lock);
   int64_t now_us = clock_monotonic_us();
   lane->commands.started++;
   lane->commands.retried += is_retry(lane, command) ? 1 : 0;
   lane->last_operation_id = command->operation_id;
   lane->last_command_failed = false;
   copy_text(lane->last_command, sizeof lane->last_command, command->name);
   command_in_progress_add(capture, command, now_us);
   describe_command(add_event(lane->invocation, &lane->command_events, EVENT_COMMAND_STARTED, now_us), command);
   (void)pthread_mutex_unlock(&capture->lock);
}

void
capture_command_ended(struct capture *capture,
                      const struct capture_command *command,
                      const char *error,
                      bool network_error)
{
   struct capture_lane *lane = &capture->lanes[command->lane];
   (void)pthread_mutex_lock(&capture->lock);
   int64_t now_us = clock_monotonic_us();
   bool succeeded = error == NULL;
   enum event_type type = succeeded ? EVENT_COMMAND_SUCCEEDED : EVENT_COMMAND_FAILED;
   struct event *event = add_event(lane->invocation, &lane->command_events, type, now_us);
   describe_command(event, command);
   event->duration_us = command_in_progress_remove(capture, command, now_us);
   if (event->duration_us >= 0) {
      lane->commands.duration_sum_us += event->duration_us;
      lane->commands.duration_count++;
   }
   if (succeeded) {
      lane->commands.succeeded++;
   } else {
      lane->commands.failed++;
      lane->last_command_failed = true;
      copy_text(event->error, sizeof event->error, error);
      size_t index = server_index(capture, command->server);
      if (network_error && index != SERVER_UNKNOWN) {
         heartbeat_track_network_error(&capture->tracks[index]);
         heartbeat_track_network_error(&lane->tracks[index]);
      }
   }
   (void)pthread_mutex_unlock(&capture->lock);
}

static void
note_connection(
   struct capture *capture, unsigned lane, enum event_type type, enum connection_kind kind, uint32_t connection)
{
   bool application = kind == CONNECTION_APPLICATION;
   struct capture_lane *own = &capture->lanes[lane];
   struct event *event = add_event(application ? own->invocation : invocation_of_process(capture),
                                   application ? &own->connection_events : &capture->connection_events,
                                   type,
                                   clock_monotonic_us());
   event->kind = kind;
   event->connection = connection;
}

void
capture_connection_created(struct capture *capture, unsigned lane, enum connection_kind kind, uint32_t connection)
{
   bool application = kind == CONNECTION_APPLICATION;
   (void)pthread_mutex_lock(&capture->lock);
   *(application ? &capture->lanes[lane].connections_created : &capture->monitoring.created) += 1;
   *(application ? &capture->application_open : &capture->monitoring.open) += 1;
   note_connection(capture, lane, EVENT_CONNECTION_CREATED, kind, connection);
   (void)pthread_mutex_unlock(&capture->lock);
}

void
capture_connection_closed(struct capture *capture, unsigned lane, enum connection_kind kind, uint32_t connection)
{
   bool application = kind == CONNECTION_APPLICATION;
   (void)pthread_mutex_lock(&capture->lock);
   *(application ? &capture->lanes[lane].connections_closed : &capture->monitoring.closed) += 1;
   uint64_t *open = application ? &capture->application_open : &capture->monitoring.open;
   *open -= *open > 0 ? 1 : 0;
   note_connection(capture, lane, EVENT_CONNECTION_CLOSED, kind, connection);
   (void)pthread_mutex_unlock(&capture->lock);
}
