/*
 * freezer: a function's process suspended and thawed, with what it used meanwhile, which should be nothing.
 */
#ifndef FAAS_DRILL_FREEZER_H
#define FAAS_DRILL_FREEZER_H

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

struct freeze {
   int64_t thawed_us; /* 0: was not suspended */
   double frozen_ms;
   double frozen_cpu_ms;
};

void freezer_suspend(struct freezer *freezer);

/* Fills freeze, and lets the process run; nothing when it was not suspended. */
void freezer_thaw(struct freezer *freezer, struct freeze *freeze);

/* The same of a process that is about to be ended, which stays as it is. freeze may be NULL. */
void freezer_forget(struct freezer *freezer, struct freeze *freeze);

#endif
