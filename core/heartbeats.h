/*
 * heartbeats: what the server monitoring specification demands of the heartbeats of one server, followed event by
 * event.
 *
 * Server Discovery and Monitoring, "Server Monitoring": polling checks of a server are heartbeatFrequencyMS apart, or
 * minHeartbeatFrequencyMS (500 ms, a constant) when a server selection waits; only after a network error of a server
 * that was known does a check follow at once. Streaming (awaited) heartbeats follow each other without a pause.
 */
#ifndef FAAS_CORE_HEARTBEATS_H
#define FAAS_CORE_HEARTBEATS_H

#include <stdbool.h>
#include <stdint.h>

#define HEARTBEAT_MIN_INTERVAL_US 500000

/* Drivers count in whole milliseconds and from the middle of a check. */
#define HEARTBEAT_TOLERANCE_US 10000

/* Of one server. Zeroed is the state before its first heartbeat. */
struct heartbeat_track {
   int64_t started_us;   /* the one in progress */
   int64_t last_poll_us; /* start of the last polling one; 0: none */
   bool in_progress;
   bool known;         /* the last one succeeded */
   bool retry_allowed; /* the next one may start at once */
};

/* What a start showed. */
struct heartbeat_start {
   int64_t interval_us; /* from the start of the polling one before; -1 where the rule does not apply */
   bool too_close;
   bool unpaired; /* the one before has not ended */
};

struct heartbeat_start heartbeat_track_started(struct heartbeat_track *track, bool awaited, int64_t now_us);

/* Returns the duration, or -1 when the start was not seen: an end too many. */
int64_t heartbeat_track_ended(struct heartbeat_track *track, bool succeeded, int64_t now_us);

/* A command met a network error at this server: the driver may look at it at once. Should that check fail too, it is
 * still the first of a server that was known, and one more may follow at once. */
void heartbeat_track_network_error(struct heartbeat_track *track);

#endif
