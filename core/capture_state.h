/*
 * capture_state: what capture keeps. For capture.c, which opens and closes windows, and capture_events.c, which fills
 * them.
 */
#ifndef FAAS_CORE_CAPTURE_STATE_H
#define FAAS_CORE_CAPTURE_STATE_H

#include "capture.h"
#include "heartbeats.h"

#include <pthread.h>

/* A thread runs one command at a time, so only a driver that loses the ends of its commands comes near this limit. */
#define COMMANDS_IN_PROGRESS_MAX 64

struct command_in_progress {
   int64_t request_id;
   int64_t started_us;
};

/* What one lane does, in its own window. */
struct capture_lane {
   uint32_t invocation; /* 0: between two invocations */
   struct capture_commands commands;
   uint64_t connections_created;
   uint64_t connections_closed;
   struct event_ring command_events;
   struct event_ring connection_events;

   struct command_in_progress in_progress[COMMANDS_IN_PROGRESS_MAX];
   size_t in_progress_count;
   int64_t last_operation_id;
   char last_command[EVENT_COMMAND_MAX];
   bool last_command_failed;

   struct heartbeat_track tracks[CAPTURE_SERVERS_MAX]; /* heartbeats of this lane's own single-threaded client */
};

struct capture {
   pthread_mutex_t lock;
   struct capture_lane *lanes;
   unsigned lane_count;

   struct capture_heartbeats heartbeats;
   struct capture_connections monitoring;
   uint64_t application_open;
   struct capture_life life;
   struct event_ring heartbeat_events;
   struct event_ring connection_events; /* monitoring ones */

   struct capture_server servers[CAPTURE_SERVERS_MAX];
   struct heartbeat_track tracks[CAPTURE_SERVERS_MAX]; /* of the server at the same index, by the driver's threads */
   size_t server_count;
};

#endif
