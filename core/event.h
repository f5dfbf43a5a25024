/*
 * event: one thing the driver did, as a record of fixed size, and a ring that keeps the newest records.
 */
#ifndef FAAS_CORE_EVENT_H
#define FAAS_CORE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_type {
   EVENT_HEARTBEAT_STARTED,
   EVENT_HEARTBEAT_SUCCEEDED,
   EVENT_HEARTBEAT_FAILED,
   EVENT_COMMAND_STARTED,
   EVENT_COMMAND_SUCCEEDED,
   EVENT_COMMAND_FAILED,
   EVENT_CONNECTION_CREATED,
   EVENT_CONNECTION_CLOSED
};

/* Who opened a connection: the thread that runs the scenario, or one of the driver's own threads. CMAP, whose events
 * the FaaS specification counts, knows only the first kind. */
enum connection_kind { CONNECTION_APPLICATION, CONNECTION_MONITORING };

#define EVENT_COMMAND_MAX 32
#define EVENT_ERROR_MAX 192
#define EVENT_SERVER_MAX 272 /* a DNS name of 253 characters, a colon and a port, or the path of a socket */

struct event {
   int64_t at_us;       /* monotonic */
   int64_t duration_us; /* of what ended with this event; -1 when its start was not seen */
   int64_t request_id;
   int64_t operation_id;
   uint32_t invocation; /* 0: outside every invocation */
   uint32_t connection;
   enum event_type type;
   enum connection_kind kind;
   bool awaited;
   bool cancelled; /* a heartbeat that the driver ended itself */
   char command[EVENT_COMMAND_MAX];
   char server[EVENT_SERVER_MAX];
   char error[EVENT_ERROR_MAX];
};

/* The capacity of a ring. 1024 heartbeats are 14 hours of them from a sound driver. */
#define EVENT_RING_CAPACITY 1024

struct event_ring {
   struct event *events; /* EVENT_RING_CAPACITY of them, allocated once: untouched pages use no memory */
   uint64_t added;       /* since the ring was empty */
};

/* Returns false when out of memory. */
bool event_ring_init(struct event_ring *ring);
void event_ring_clear(struct event_ring *ring);

/* Returns a zeroed record for the next event; when the ring is full, it replaces the oldest one. */
struct event *event_ring_add(struct event_ring *ring);

size_t event_ring_count(const struct event_ring *ring);
uint64_t event_ring_not_kept(const struct event_ring *ring);

/* index 0 is the oldest event kept. */
const struct event *event_ring_at(const struct event_ring *ring, size_t index);

/* Moves the events of from into to, whose own are lost, and leaves from empty. */
void event_ring_move(struct event_ring *to, struct event_ring *from);

#endif
