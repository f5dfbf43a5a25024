/*
 * address_traffic: what came to one address of the emulated set, as the witness has it.
 */
#ifndef FAAS_DRILL_ADDRESS_TRAFFIC_H
#define FAAS_DRILL_ADDRESS_TRAFFIC_H

#include "witness.h"

struct address_traffic {
   unsigned connections; /* opened */
   unsigned hellos;      /* on all connections, older ones too */
   unsigned commands;
   unsigned refused; /* connections */
};

/* Adds what began since then. */
void address_traffic_add(struct address_traffic *traffic,
                         const struct witness_facts *facts,
                         uint16_t port,
                         int64_t since_us);

#endif
