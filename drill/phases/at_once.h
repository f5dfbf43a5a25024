/*
 * at_once: makes as many concurrent invocations of one managed instance as allowed, and reports how many really ran at
 * once.
 */
#ifndef FAAS_DRILL_AT_ONCE_H
#define FAAS_DRILL_AT_ONCE_H

#include "drill.h"

/* Concurrent invocations of the drill's own function. */
struct at_once {
   size_t first; /* indices in the results: first, first + 1, ... */
   size_t count;
   size_t worst; /* the last index: a failed invocation, or else the slowest */
};

/* Makes --concurrency invocations, or fewer when fewer workers ask for events. Returns -1 with error set when the drill
 * can't go on. */
int at_once_invoke(struct drill *drill, const char *name, struct at_once *invoked, struct drill_error *error);

#endif
