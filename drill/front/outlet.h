/*
 * outlet: sends bytes to a client like a network with latency: each answer leaves a round trip later, in order.
 */
#pragma once

#include "buffer.h"

struct outlet_part {
   int64_t due_us;
   size_t length;
};

/* An empty one is all zero. */
struct outlet {
   struct buffer bytes;
   struct outlet_part *parts;
   size_t count;
   bool blocked; /* the socket accepted less than was due */
};

/* Takes all bytes of `from`, to be sent at due_us, but not before earlier ones. Returns false when out of memory. */
bool outlet_put(struct outlet *outlet, struct buffer *from, int64_t due_us);
/* Sends what is due. Returns BUFFER_AGAIN if something is left: parts[0], unless blocked, is due later. */
enum buffer_io outlet_send(struct outlet *outlet, int descriptor, int64_t now_us);
void outlet_clear(struct outlet *outlet);
