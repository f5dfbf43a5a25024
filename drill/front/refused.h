/*
 * refused: sees clients that try to connect to a member that is down. Its port is closed, so the kernel refuses them,
 * and only a packet socket (packet(7)) shows that, which needs CAP_NET_RAW.
 */
#pragma once

#include "set_state.h"

/* Begins to watch; the members must have their ports. Without a packet socket nothing is watched, and the witness's
 * counts say so. */
void refused_watch(struct front_set *set);

/* Processes what has arrived so far. Call it before a member goes down or comes up, because whether a connection was
 * refused depends on that. */
void refused_look(struct front_set *set);

/* Watches the members' new ports. */
void refused_follow(struct front_set *set);
