/*
 * checks: made after the last phase: no write lost, no document left behind, no failure hidden.
 */
#pragma once

#include "drill.h"

/* Names of the checks, in the order of the results; NULL past the last. */
const char *checks_name(size_t index);

/* Adds the checks to the results and sets the drill's verdict. All functions have ended by then. Returns -1 with error
 * set when the server does not answer. */
int checks_run(struct drill *drill, struct drill_error *error);

/* Runs the judge's rules over what front and host saw, and adds each finding to the checks. Without the front every
 * rule is skipped, and its check says so. Returns -1 with error set when out of memory. */
int judging_run(struct drill *drill, struct drill_error *error);

/* Invocations of one process needed to tell a leak from a filling pool. */
#define STEADY_CONNECTIONS_INVOCATIONS 10

struct steady_connections {
   unsigned most;        /* open after an invocation; 0 if nobody looked */
   unsigned invocations; /* looked at, of the process with most of them */
   bool growing;         /* some process had enough invocations, and kept growing */
};

/* Finds whether a process leaves more and more connections open with each invocation. */
void steady_connections_look(const struct drill_results *results, struct steady_connections *found);
