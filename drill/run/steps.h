/*
 * steps: runs the steps of a drill in order, each a phase with its verdict.
 */
#pragma once

#include "drill.h"

/* Runs all steps, as often as --repeat says, then the burst. Returns -1 with error set when the drill can't go on; the
 * results then hold what was found so far. */
int steps_run(struct drill *drill, struct drill_error *error);
