/*
 * phases: the steps of a drill, one after the other, each with its verdict.
 */
#ifndef FAAS_DRILL_PHASES_H
#define FAAS_DRILL_PHASES_H

#include "drill.h"

/* Their names, that of the burst last; NULL behind it. */
const char *phases_name(size_t index);
/* Whether one has that name, length bytes of text. */
bool phases_have(const char *name, size_t length);

/* All steps, as often as --repeat says, then the burst. -1 with error set when the drill can't go on; the results then
 * hold what had been found. */
int phases_run(struct drill *drill, struct drill_error *error);

#endif
