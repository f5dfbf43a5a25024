/*
 * moved: what came to one address of the emulated set, for phase moved.
 */
#pragma once

#include "witness.h"

#include <stdint.h>

/* What came to one address of the emulated set. */
struct moved_traffic {
   unsigned connections; /* opened */
   unsigned hellos;      /* on all connections, including older ones */
   unsigned commands;
   unsigned refused; /* connection attempts */
};

/* Adds what began at or after since_us. */
void
moved_traffic_add(struct moved_traffic *traffic, const struct witness_facts *facts, uint16_t port, int64_t since_us);
