/*
 * steady_connections: whether a process leaves more and more connections open, invocation by invocation.
 */
#ifndef FAAS_DRILL_STEADY_CONNECTIONS_H
#define FAAS_DRILL_STEADY_CONNECTIONS_H

#include "results.h"

/* So many invocations of a process tell a leak from a pool that fills. */
#define STEADY_CONNECTIONS_INVOCATIONS 10

struct steady_connections {
   unsigned most;        /* open after an invocation; 0: nobody looked */
   unsigned invocations; /* looked at, of the process with the longest life */
   bool growing;         /* some process had enough of them, and went on growing */
};

void steady_connections_look(const struct drill_results *results, struct steady_connections *found);

#endif
