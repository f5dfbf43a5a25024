/*
 * delays: by how much a message is late: a slow member, and packets that a network loses. Runs with the front's lock
 * held. Stands on nothing.
 */
#ifndef FAAS_DRILL_FRONT_DELAYS_H
#define FAAS_DRILL_FRONT_DELAYS_H

#include "front.h"

struct delays {
   struct front_delays now;
   uint64_t random[2]; /* of commands, of everything else: how many hellos came does not change what commands meet */
   size_t entry;       /* of the timeline, while there is any delay */
};

/* From now on; the same messages in the same order then lose the same packets. */
void delays_set(struct delays *delays, const struct front_delays *to);

bool delays_are_any(const struct delays *delays);

/* How late the answer to a message is that has come to member; adds the packets lost to *lost. */
int64_t delays_next_us(struct delays *delays, unsigned member, bool is_command, uint64_t *lost);

#endif
