/*
 * heartbeats: checks the heartbeats of one server against the server monitoring specification, event by event.
 *
 * Server Discovery and Monitoring, "Server Monitoring": polling checks of a server are heartbeatFrequencyMS apart, or
 * minHeartbeatFrequencyMS (500 ms, a constant) when a server selection is waiting. Only after a network error on a
 * server that was known may a check follow at once. Streaming (awaited) heartbeats follow one another without a pause.
 */
#ifndef FAAS_CORE_HEARTBEATS_H
#define FAAS_CORE_HEARTBEATS_H

#include <stdbool.h>
#include <stdint.h>

#define HEARTBEAT_MIN_INTERVAL_US 500000

/* Drivers count whole milliseconds, and from the middle of a check. */
#define HEARTBEAT_TOLERANCE_US 10000

/* The heartbeats of one server. Zeroed, it is the state before the first. */
struct heartbeat_track {
   int64_t started_us;   /* start of the one in progress */
   int64_t last_poll_us; /* start of the last polling heartbeat; 0: none */
   bool in_progress;
   bool known;         /* the last heartbeat succeeded */
   bool retry_allowed; /* the next heartbeat may start at once */
};

/* What the start of a heartbeat showed. */
struct heartbeat_start {
   int64_t interval_us; /* since the previous polling heartbeat started; -1 where the rule does not apply */
   bool too_close;
   bool unpaired; /* the previous heartbeat has not ended */
};

struct heartbeat_start heartbeat_track_started(struct heartbeat_track *track, bool awaited, int64_t now_us);

/* Returns the duration, or -1 for an end without a start. */
int64_t heartbeat_track_ended(struct heartbeat_track *track, bool succeeded, int64_t now_us);

/* A command met a network error on this server, so the driver may check the server at once. If that check fails too, it
 * is still the first failure of a known server, so one more check may follow at once. */
void heartbeat_track_network_error(struct heartbeat_track *track);

#endif
