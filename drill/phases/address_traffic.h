/*
 * address_traffic: counts what came to one address of the emulated set, from the witness's facts.
 */
#ifndef FAAS_DRILL_ADDRESS_TRAFFIC_H
#define FAAS_DRILL_ADDRESS_TRAFFIC_H

#include "witness.h"

struct address_traffic {
   unsigned connections; /* opened */
   unsigned hellos;      /* on all connections, including older ones */
   unsigned commands;
   unsigned refused; /* connection attempts */
};

/* Adds what began at or after since_us. */
void address_traffic_add(struct address_traffic *traffic,
                         const struct witness_facts *facts,
                         uint16_t port,
                         int64_t since_us);

#endif
