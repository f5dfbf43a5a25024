/*
 * delays: how late a message is, because a member is slow or the network loses packets. Runs with the front's lock
 * held.
 */
#pragma once

#include "front.h"

struct delays {
   struct front_delays now;
   uint64_t random[2]; /* for commands, and for the rest, so that the number of hellos does not change which commands
                          are hit */
   size_t entry;       /* of the timeline, while there is any delay */
};

/* Sets the delays from now on. The same messages in the same order then lose the same packets. */
void delays_set(struct delays *delays, const struct front_delays *to);

bool delays_are_any(const struct delays *delays);

/* The delay of the answer to a message that has arrived at member. Adds the number of packets lost to *lost. */
int64_t delays_next_us(struct delays *delays, unsigned member, bool is_command, uint64_t *lost);
