/*
 * checks: what has to hold when all phases are over: nothing lost, nothing left, nothing hidden.
 */
#ifndef FAAS_DRILL_CHECKS_H
#define FAAS_DRILL_CHECKS_H

#include "drill.h"

/* Their names, in the order of the results; NULL behind the last. */
const char *checks_name(size_t index);

/* Adds them to the results and sets the drill's verdict. Functions have ended by then. -1 with error set when the
 * server does not answer. */
int checks_run(struct drill *drill, struct drill_error *error);

#endif
