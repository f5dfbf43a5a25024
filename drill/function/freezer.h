/*
 * freezer: a function's process suspended and thawed, with what it used meanwhile, which should be nothing.
 */
#ifndef FAAS_DRILL_FREEZER_H
#define FAAS_DRILL_FREEZER_H

#include "function.h"
#include "process.h"
#include "timeline.h"

struct freezer {
   struct process *process;
   struct timeline *timeline; /* may be NULL */
   int instance;
   bool suspended;
   int64_t suspended_us;
   int64_t suspended_cpu_ns;
   size_t entry;
};

void freezer_suspend(struct freezer *freezer);

/* Lets a suspended process run, and notes in result, if given, how long it was suspended. Does nothing to another one.
 */
void freezer_thaw(struct freezer *freezer, struct invocation_result *result);

/* Before a process is ended, suspended or not: closes its freeze on the timeline, and leaves it as it is. */
void freezer_forget(struct freezer *freezer);

#endif
