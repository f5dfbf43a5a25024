/*
 * runner: next invocation → scenario → answer, until the provider has no more; in several lanes at once where it takes
 * that.
 */
#ifndef FAAS_CORE_RUNNER_H
#define FAAS_CORE_RUNNER_H

#include "faas_harness/provider.h"

struct invoker;

/* A provider that was opened. */
struct runner {
   const struct faas_provider *provider; /* not owned */
   void *state;                          /* what its open left */
   unsigned lanes;                  /* invocations to have open at once; more than 1: as provider->threads allows */
   struct invoker *const *invokers; /* of each lane, not owned; NULL: the echo scenario */
};

struct runner_tally {
   uint64_t good;
   uint64_t failed;
};

/* The calling thread, which is the one that opened the provider, is the first lane's. Returns false with error when the
 * provider can't go on; the tally is filled in any case. */
bool runner_run(const struct runner *runner, struct runner_tally *tally, struct faas_error *error);

#endif
