/*
 * cold_start: a cold start taken apart, from what the front and the DNS server saw: where the time goes until the first
 * operation is done, and how many round trips it waits for. Stands on witness.
 */
#ifndef FAAS_DRILL_COLD_START_H
#define FAAS_DRILL_COLD_START_H

#include "cold_starts.h"
#include "witness.h"

struct cold_start_window {
   int64_t start_us;  /* of the process */
   int64_t end_us;    /* the function answered */
   size_t connection; /* the first of its connections, of the facts */
   size_t command;    /* and commands */
   size_t lookup;     /* and names looked up */
   int64_t round_trip_us;
};

/* Fills times and counts. False when no command came. */
bool cold_start_look(struct drill_cold_start *cold,
                     const struct witness_facts *facts,
                     const struct cold_start_window *window);

/* What to say of those of one phase: starts[0] is as given, the others are the same with a setting each. Names those
 * that saved a round trip, and what else there is to know. */
void cold_start_advice(char *text, size_t size, const struct drill_cold_start *starts, size_t count);

#endif
