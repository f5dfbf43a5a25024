/*
 * judging: runs the judge's rules over what front and host saw, and adds each finding to the checks.
 */
#ifndef FAAS_DRILL_JUDGING_H
#define FAAS_DRILL_JUDGING_H

#include "drill.h"

/* Without the front every rule is skipped, and its check says so. Returns -1 with error set when out of memory. */
int judging_run(struct drill *drill, struct drill_error *error);

#endif
