/*
 * cold_start: breaks a cold start down, from what the front and the DNS server saw: where the time goes until the first
 * operation is done, and how many round trips it waits for.
 */
#pragma once

#include "append.h"
#include "results.h"
#include "witness.h"

struct cold_start_window {
   int64_t start_us;  /* when the process started */
   int64_t end_us;    /* when the function answered */
   size_t connection; /* index of its first connection in the facts */
   size_t command;    /* index of its first command */
   size_t lookup;     /* index of its first name lookup */
   int64_t round_trip_us;
};

/* Fills in times and counts. Returns false when no command came. */
bool cold_start_look(struct drill_cold_start *cold,
                     const struct witness_facts *facts,
                     const struct cold_start_window *window);

/* Writes advice on the cold starts of one phase: starts[0] ran with the URI as given, each other one with a setting
 * added. Names the settings that saved a round trip, and adds what else is worth knowing. */
void cold_start_advice(struct text_out out, const struct drill_cold_start *starts, size_t count);
