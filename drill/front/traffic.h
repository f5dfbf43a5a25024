/*
 * traffic: accepts clients, takes complete messages off both sides of a connection, and passes them to request.
 */
#pragma once

#include "set_state.h"

/* The callback of a member's listener: accepts all clients that wait there. */
void traffic_accept(void *member, uint32_t events);

/* Does what is due by now: accepts clients after running out of descriptors, ends delays, answers hellos that have
 * waited long enough. */
void traffic_tick(struct front_set *set, int64_t now_us);
