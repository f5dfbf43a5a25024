/*
 * pace: a member's rate limiter, a token bucket, for new connections (ingress connection establishment) or commands
 * (ingress request admission): what it admits at once, what later, and what it refuses. Runs with the front's lock
 * held.
 */
#pragma once

#include "front.h"

struct pace {
   unsigned per_second; /* of each member; 0: admits all */
   unsigned queue;      /* how many may wait, of each member */
   double tokens[FRONT_MEMBERS];
   int64_t filled_us[FRONT_MEMBERS];
};

/* Sets the rate from now on. There is a second's worth of tokens at once. */
void pace_set(struct pace *pace, unsigned per_second, unsigned queue, int64_t now_us);

/* Returns whether the member refuses one more while that many wait already. Otherwise sets *wait_us to how long it must
 * wait; 0: not at all. */
bool pace_refuses(struct pace *pace, unsigned member, unsigned waiting, int64_t now_us, int64_t *wait_us);
