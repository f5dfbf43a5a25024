/*
 * live: what a drill is doing now, for a person who waits. On a terminal one block that is redrawn (phases with their
 * verdict, the one that runs with its progress and the freeze that remains); elsewhere one line when a phase ends.
 */
#ifndef FAAS_DRILL_LIVE_H
#define FAAS_DRILL_LIVE_H

#include "results.h"

#include <stdio.h>

struct live;

/* out is stderr in a drill. terminal: may move the cursor; colour: may use it. NULL when out of memory. A thread of its
 * own redraws. */
struct live *live_new(FILE *out, bool terminal, bool colour);
void live_destroy(struct live *live);

/* All below take NULL and are for any thread. */

/* Phases to come, by name; rounds of --repeat follow each other. */
void live_plan(struct live *live, const char *const *names, size_t count, unsigned rounds);
void live_phase_begin(struct live *live, const char *name, const char *title);
/* What it does now: "frozen", "waiting for the answer", …; until_us (clock_now_us) is when that ends, 0: not known. */
void live_doing(struct live *live, const char *what, int64_t until_us);
void live_phase_end(struct live *live, const struct drill_phase *phase);
/* A line for the log above the block. */
void live_say(struct live *live, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
