/*
 * live: shows a waiting person the progress of a drill. A terminal gets a block that is redrawn: the phases with their
 * verdicts, and for the running phase its progress and the remaining freeze. Other outputs get one line when a phase
 * ends.
 */
#pragma once

#include "results.h"

#include <stdio.h>

struct live;

/* out is stderr in a drill. terminal: may move the cursor; colour: may use colour. Returns NULL when out of memory. A
 * thread of its own redraws. */
struct live *live_new(FILE *out, bool terminal, bool colour);
void live_destroy(struct live *live);

/* All functions below allow NULL and are thread-safe. */

/* The phases to come, by name. Rounds come from --repeat. */
void live_plan(struct live *live, const char *const *names, size_t count, unsigned rounds);
void live_phase_begin(struct live *live, const char *name, const char *title);
/* What the phase does now: "frozen", "waiting for the answer", ...; until_us (clock_now_us) is when that ends, 0 if
 * unknown. */
void live_doing(struct live *live, const char *what, int64_t until_us);
void live_phase_end(struct live *live, const struct drill_phase *phase);
/* Adds a log line above the block. */
void live_say(struct live *live, const char *format, ...) __attribute__((format(printf, 2, 3)));
