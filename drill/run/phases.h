/*
 * phases: runs the steps of a drill in order, each with its verdict.
 */
#ifndef FAAS_DRILL_PHASES_H
#define FAAS_DRILL_PHASES_H

#include "drill.h"

/* Names of the phases, with the burst last; NULL past the end. */
const char *phases_name(size_t index);
/* True if a phase has that name, length bytes of text. */
bool phases_have(const char *name, size_t length);

/* Runs all steps, as often as --repeat says, then the burst. Returns -1 with error set when the drill can't go on; the
 * results then hold what was found so far. */
int phases_run(struct drill *drill, struct drill_error *error);

#endif
