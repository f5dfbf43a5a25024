/*
 * shed: a member's ingress request rate limiter, a token bucket: which commands it admits, and which it answers with an
 * overload error. Runs with the front's lock held.
 */
#ifndef FAAS_DRILL_FRONT_SHED_H
#define FAAS_DRILL_FRONT_SHED_H

#include "front.h"

struct shed {
   unsigned per_second; /* commands of each member; 0: all are admitted */
   unsigned base_backoff_ms;
   double tokens[FRONT_MEMBERS];
   int64_t filled_us[FRONT_MEMBERS];
};

/* Sets the rate from now on. There is a second's worth of tokens at once. */
void shed_set(struct shed *shed, unsigned per_second, unsigned base_backoff_ms, int64_t now_us);

/* Returns true if the member sheds the command that has just arrived; otherwise the command takes a token. */
bool shed_takes(struct shed *shed, unsigned member, int64_t now_us);

#endif
