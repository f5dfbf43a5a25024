/*
 * traffic: what the sockets bring: accepts clients, and takes whole messages off both sides of a connection for request
 * to look at. Stands on request, monitoring, connections.
 */
#ifndef FAAS_DRILL_TRAFFIC_H
#define FAAS_DRILL_TRAFFIC_H

#include "set_state.h"

/* For the watch of a member's listener: accepts all who wait there. */
void traffic_accept(void *member, uint32_t events);

/* What is due by now: clients to be accepted after descriptors had run out, delays, hellos that waited long enough. */
void traffic_tick(struct front_set *set, int64_t now_us);

#endif
