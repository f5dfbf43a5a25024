/*
 * judging: holds what front and host saw against the judge's rules, and adds what each finds to the checks.
 */
#ifndef FAAS_DRILL_JUDGING_H
#define FAAS_DRILL_JUDGING_H

#include "drill.h"

/* Needs the front: without one every rule is skipped, and says so. Returns -1 with error set when out of memory. */
int judging_run(struct drill *drill, struct drill_error *error);

#endif
