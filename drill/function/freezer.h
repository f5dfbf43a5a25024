/*
 * freezer: suspends and thaws a function's processes, and measures the CPU they used meanwhile, which should be none.
 */
#pragma once

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

/* Lets a suspended process run, and notes in result, if given, how long it was suspended. Does nothing to a process
 * that is not suspended. */
void freezer_thaw(struct freezer *freezer, struct invocation_result *result);

/* Call before a process is ended: closes its freeze on the timeline and does not thaw it. Does nothing if it is not
 * suspended. */
void freezer_forget(struct freezer *freezer);
