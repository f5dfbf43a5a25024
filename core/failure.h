/*
 * failure: why an invocation failed, as the platform gets it: the deadline, a failed operation or a failed assertion.
 */
#ifndef FAAS_CORE_FAILURE_H
#define FAAS_CORE_FAILURE_H

#include "assertions.h"

struct failure_facts {
   const struct scenario_result *result;
   const struct assertion *assertions; /* ASSERTION_COUNT */
   const struct capture_snapshot *snapshot;
   const char *connect_failure; /* empty: none */
   const char *replica_set;     /* the one that the URI asks for; empty: none */
   int64_t limit_us;            /* the time available; -1: no limit */
   bool cut_short;
   bool still_blocked;
};

/* Fills failure, which is left unchanged when nothing failed. */
void failure_find(const struct failure_facts *facts, struct faas_error *failure);

#endif
