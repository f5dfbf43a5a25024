/*
 * refused: connections that a client tries to make to a member that is down. Its port is closed, so it is the kernel
 * that refuses them, and only a packet socket shows it (packet(7)); that needs CAP_NET_RAW. Stands on set_state.
 */
#ifndef FAAS_DRILL_REFUSED_H
#define FAAS_DRILL_REFUSED_H

#include "set_state.h"

/* Once the members have their ports. Where there can't be a packet socket nothing is watched, and the counters say so.
 */
void refused_watch(struct front_set *set);

/* Takes note of what has come so far: before a member goes down or comes up, as it is told by that. */
void refused_look(struct front_set *set);

/* Members have other ports than before. */
void refused_follow(struct front_set *set);

/* Takes one that never watched. */
void refused_clear(struct front_set *set);

#endif
