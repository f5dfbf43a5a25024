#include "capture_state.h"

#include "clock.h"
#include "error.h"

#include <stdlib.h>
#include <string.h>

static void
open_window(struct capture *capture, struct capture_lane *lane)
{
   memset(&capture->heartbeats, 0, sizeof capture->heartbeats);
   capture->heartbeats.shortest_interval_us = -1;
   capture->monitoring.created = 0;
   capture->monitoring.closed = 0;
   memset(&lane->commands, 0, sizeof lane->commands);
   lane->connections_created = 0;
   lane->connections_closed = 0;
}

struct capture *
capture_new(unsigned lanes, struct faas_error *error)
{
   struct capture *capture = calloc(1, sizeof *capture);
   if (capture == NULL) {
      goto failed;
   }
   (void)pthread_mutex_init(&capture->lock, NULL);
   capture->lanes = calloc(lanes, sizeof capture->lanes[0]);
   if (capture->lanes == NULL || !event_ring_init(&capture->heartbeat_events) ||
       !event_ring_init(&capture->connection_events)) {
      goto failed;
   }
   for (capture->lane_count = 0; capture->lane_count < lanes; capture->lane_count++) {
      struct capture_lane *lane = &capture->lanes[capture->lane_count];
      if (!event_ring_init(&lane->command_events) || !event_ring_init(&lane->connection_events)) {
         event_ring_clear(&lane->command_events);
         goto failed;
      }
      open_window(capture, lane);
   }
   return capture;

failed:
   faas_error_set(error, "Harness.OutOfMemory", "out of memory for the record of events");
   capture_destroy(capture);
   return NULL;
}

void
capture_destroy(struct capture *capture)
{
   if (capture == NULL) {
      return;
   }
   event_ring_clear(&capture->heartbeat_events);
   event_ring_clear(&capture->connection_events);
   for (unsigned i = 0; i < capture->lane_count; i++) {
      event_ring_clear(&capture->lanes[i].command_events);
      event_ring_clear(&capture->lanes[i].connection_events);
   }
   free(capture->lanes);
   (void)pthread_mutex_destroy(&capture->lock);
   free(capture);
}

struct capture_snapshot *
capture_snapshot_new(struct faas_error *error)
{
   struct capture_snapshot *snapshot = calloc(1, sizeof *snapshot);
   if (snapshot == NULL || !event_ring_init(&snapshot->heartbeat_events) ||
       !event_ring_init(&snapshot->command_events) || !event_ring_init(&snapshot->application_events) ||
       !event_ring_init(&snapshot->monitoring_events)) {
      faas_error_set(error, "Harness.OutOfMemory", "out of memory for a copy of the record of events");
      capture_snapshot_destroy(snapshot);
      return NULL;
   }
   return snapshot;
}

void
capture_snapshot_destroy(struct capture_snapshot *snapshot)
{
   if (snapshot == NULL) {
      return;
   }
   event_ring_clear(&snapshot->heartbeat_events);
   event_ring_clear(&snapshot->command_events);
   event_ring_clear(&snapshot->application_events);
   event_ring_clear(&snapshot->monitoring_events);
   free(snapshot);
}

int64_t
capture_begin(struct capture *capture, unsigned lane, uint32_t invocation)
{
   (void)pthread_mutex_lock(&capture->lock);
   int64_t now_us = clock_monotonic_us();
   capture->lanes[lane].invocation = invocation;
   (void)pthread_mutex_unlock(&capture->lock);
   return now_us;
}

void
capture_end(struct capture *capture, unsigned number, struct capture_snapshot *snapshot)
{
   struct capture_lane *lane = &capture->lanes[number];
   (void)pthread_mutex_lock(&capture->lock);
   lane->invocation = 0;
   snapshot->heartbeats = capture->heartbeats;
   snapshot->commands = lane->commands;
   snapshot->application = (struct capture_connections){
      .created = lane->connections_created, .closed = lane->connections_closed, .open = capture->application_open};
   snapshot->monitoring = capture->monitoring;
   snapshot->life = capture->life;
   snapshot->commands_in_progress = lane->in_progress_count;
   memcpy(snapshot->servers, capture->servers, capture->server_count * sizeof capture->servers[0]);
   snapshot->server_count = capture->server_count;
   event_ring_move(&snapshot->heartbeat_events, &capture->heartbeat_events);
   event_ring_move(&snapshot->command_events, &lane->command_events);
   event_ring_move(&snapshot->application_events, &lane->connection_events);
   event_ring_move(&snapshot->monitoring_events, &capture->connection_events);
   open_window(capture, lane);
   (void)pthread_mutex_unlock(&capture->lock);
}
