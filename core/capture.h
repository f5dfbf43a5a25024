/*
 * capture: records what the driver did, window by window, and makes the checks that need an unbroken record.
 *
 * A window holds everything since the previous window was closed: what happened between two invocations is part of the
 * later one's report, and marked as such. Counts and sums cover everything; details are kept only for the newest events
 * of each kind (EVENT_RING_CAPACITY).
 *
 * With several lanes, commands and application connections belong to their lane's window. Heartbeats and monitoring
 * connections belong to the process and go into the next window that is closed, whichever lane's it is.
 *
 * Every function is thread-safe, holds one lock for a few hundred nanoseconds, allocates nothing and cannot fail.
 * Capture knows nothing of the driver: apm and connections feed it.
 */
#ifndef FAAS_CORE_CAPTURE_H
#define FAAS_CORE_CAPTURE_H

#include "event.h"
#include "faas_harness/provider.h"
#include "lane.h"

struct capture;

/* A replica set has at most 50 members (MongoDB manual, "Replica Set Members"), and a seed list may name others. */
#define CAPTURE_SERVERS_MAX 64
#define CAPTURE_ROLE_MAX 96

struct capture_heartbeats {
   uint64_t started;
   uint64_t succeeded;
   uint64_t failed;
   uint64_t cancelled;
   uint64_t awaited; /* of those started */
   int64_t duration_sum_us;
   uint64_t duration_count;
   int64_t shortest_interval_us; /* -1: no interval seen */
};

struct capture_commands {
   uint64_t started;
   uint64_t succeeded;
   uint64_t failed;
   uint64_t retried;
   int64_t duration_sum_us;
   uint64_t duration_count;
};

struct capture_connections {
   uint64_t created;
   uint64_t closed;
   uint64_t open; /* now, over the life of the process */
};

/* What is judged over the life of the process, including the time between invocations. */
struct capture_life {
   uint64_t heartbeats_started;
   uint64_t heartbeats_awaited;
   uint64_t heartbeats_too_close;
   int64_t closest_us; /* the shortest of the intervals that were too short */
   char closest_server[EVENT_SERVER_MAX];
   uint64_t unpaired; /* ends without a start, and starts without an end */
   char first_unpaired[128];
};

/* A server, as its newest heartbeat describes it. */
struct capture_server {
   char address[EVENT_SERVER_MAX];
   char role[CAPTURE_ROLE_MAX]; /* "primary of rs0"; empty: unknown */
   char error[EVENT_ERROR_MAX]; /* of the newest heartbeat; empty: it succeeded, or none has ended yet */
};

/* One window, for assertions and report. */
struct capture_snapshot {
   struct capture_heartbeats heartbeats;
   struct capture_commands commands;
   struct capture_connections application;
   struct capture_connections monitoring;
   struct capture_life life;
   uint64_t commands_in_progress;
   struct capture_server servers[CAPTURE_SERVERS_MAX];
   size_t server_count;
   struct event_ring heartbeat_events;
   struct event_ring command_events;
   struct event_ring application_events;
   struct event_ring monitoring_events;
};

/* Records this many lanes, at most LANES_MAX. Returns NULL and fills error when out of memory. */
struct capture *capture_new(unsigned lanes, struct faas_error *error);
void capture_destroy(struct capture *capture);

struct capture_snapshot *capture_snapshot_new(struct faas_error *error);
void capture_snapshot_destroy(struct capture_snapshot *snapshot);

/* From here on the lane's events belong to this invocation; numbers begin at 1. Returns the time on the monotonic
 * clock: earlier events belong to no invocation. */
int64_t capture_begin(struct capture *capture, unsigned lane, uint32_t invocation);

/* Takes the lane's window, with what the process did since the last one was taken, and opens the next window. From here
 * on the lane's events belong to no invocation. */
void capture_end(struct capture *capture, unsigned lane, struct capture_snapshot *snapshot);

/* Who sends a heartbeat. Heartbeats of one sender to one server follow one another. */
enum { CAPTURE_MONITOR_OF_PROCESS = -1 }; /* else the lane whose single-threaded client sends it */

void capture_heartbeat_started(struct capture *capture, int monitor, const char *server, bool awaited);
void
capture_heartbeat_succeeded(struct capture *capture, int monitor, const char *server, bool awaited, const char *role);
/* An awaited heartbeat that fails with an empty text was cancelled by the driver itself. */
void
capture_heartbeat_failed(struct capture *capture, int monitor, const char *server, bool awaited, const char *error);

struct capture_command {
   unsigned lane;
   const char *name;
   const char *server;
   int64_t request_id;
   int64_t operation_id;
};

void capture_command_started(struct capture *capture, const struct capture_command *command);
/* error is NULL if the command succeeded. */
void capture_command_ended(struct capture *capture,
                           const struct capture_command *command,
                           const char *error,
                           bool network_error);

/* lane is ignored for monitoring connections. */
void capture_connection_created(struct capture *capture, unsigned lane, enum connection_kind kind, uint32_t connection);
void capture_connection_closed(struct capture *capture, unsigned lane, enum connection_kind kind, uint32_t connection);

#endif
