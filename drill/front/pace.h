/*
 * pace: a member's ingress connection establishment rate limiter, a token bucket: which new connections it accepts at
 * once, which later, and which it closes. Runs with the front's lock held.
 */
#ifndef FAAS_DRILL_FRONT_PACE_H
#define FAAS_DRILL_FRONT_PACE_H

#include "front.h"

struct pace {
   unsigned per_second; /* connections of each member; 0: accepts all */
   unsigned queue;      /* how many may wait, of each member */
   double tokens[FRONT_MEMBERS];
   int64_t filled_us[FRONT_MEMBERS];
};

/* Sets the rate from now on. There is a second's worth of tokens at once. */
void pace_set(struct pace *pace, unsigned per_second, unsigned queue, int64_t now_us);

/* Returns whether the member closes a new connection while that many wait already. Otherwise sets *wait_us to how long
 * it must wait; 0: not at all. */
bool pace_refuses(struct pace *pace, unsigned member, unsigned waiting, int64_t now_us, int64_t *wait_us);

#endif
