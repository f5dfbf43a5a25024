/*
 * at_once: as many invocations of one managed instance as it may have at once, and whether it really had them.
 */
#ifndef FAAS_DRILL_AT_ONCE_H
#define FAAS_DRILL_AT_ONCE_H

#include "drill.h"

/* How many there were of the drill's own function, and how many workers it had for them. */
struct at_once {
   size_t first; /* their indices in the results follow each other */
   size_t count;
   size_t worst; /* the last of them: one that failed, or else the one that took longest */
};

/* --concurrency of them, or as many as workers ask for events. -1 with error set when the drill can't go on. */
int
at_once_invoke(struct drill *drill, size_t phase, const char *name, struct at_once *invoked, struct drill_error *error);

#endif
