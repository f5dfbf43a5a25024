#include "event.h"

#include <stdlib.h>
#include <string.h>

bool
event_ring_init(struct event_ring *ring)
{
   ring->added = 0;
   ring->events = calloc(EVENT_RING_CAPACITY, sizeof *ring->events);
   return ring->events != NULL;
}

void
event_ring_clear(struct event_ring *ring)
{
   free(ring->events);
   ring->events = NULL;
   ring->added = 0;
}

struct event *
event_ring_add(struct event_ring *ring)
{
   struct event *event = &ring->events[ring->added % EVENT_RING_CAPACITY];
   ring->added++;
   memset(event, 0, offsetof(struct event, command));
   event->command[0] = '\0';
   event->server[0] = '\0';
   event->error[0] = '\0';
   return event;
}

size_t
event_ring_count(const struct event_ring *ring)
{
   return ring->added < EVENT_RING_CAPACITY ? (size_t)ring->added : EVENT_RING_CAPACITY;
}

uint64_t
event_ring_not_kept(const struct event_ring *ring)
{
   return ring->added - event_ring_count(ring);
}

const struct event *
event_ring_at(const struct event_ring *ring, size_t index)
{
   return &ring->events[(event_ring_not_kept(ring) + index) % EVENT_RING_CAPACITY];
}

void
event_ring_move(struct event_ring *to, struct event_ring *from)
{
   struct event *records = to->events;
   *to = *from;
   *from = (struct event_ring){.events = records};
}
