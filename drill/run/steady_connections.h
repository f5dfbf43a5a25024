/*
 * steady_connections: finds whether a process leaves more and more connections open with each invocation.
 */
#pragma once

#include "results.h"

/* Invocations of one process needed to tell a leak from a filling pool. */
#define STEADY_CONNECTIONS_INVOCATIONS 10

struct steady_connections {
   unsigned most;        /* open after an invocation; 0 if nobody looked */
   unsigned invocations; /* looked at, of the process with most of them */
   bool growing;         /* some process had enough invocations, and kept growing */
};

void steady_connections_look(const struct drill_results *results, struct steady_connections *found);
