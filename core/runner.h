/*
 * runner: next invocation → scenario → answer, until the provider has no more; in several lanes at once if the provider
 * allows it.
 */
#ifndef FAAS_CORE_RUNNER_H
#define FAAS_CORE_RUNNER_H

#include "faas_harness/provider.h"

struct invoker;

/* An open provider. */
struct runner {
   const struct faas_provider *provider; /* not owned */
   void *state;                          /* the state that its open set */
   unsigned lanes;                  /* invocations to have open at once; more than 1 only as provider->threads allows */
   struct invoker *const *invokers; /* one for each lane, not owned; NULL: the echo scenario */
};

struct runner_tally {
   uint64_t good;
   uint64_t failed;
};

/* Runs the lanes, the first one on the calling thread, which must be the one that opened the provider. Returns false
 * and fills error when the provider cannot go on; fills the tally in any case. */
bool runner_run(const struct runner *runner, struct runner_tally *tally, struct faas_error *error);

#endif
