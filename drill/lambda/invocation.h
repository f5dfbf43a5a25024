/*
 * invocation: one event from its arrival to its answer, in a sandbox that it makes ready first, by Lambda's rules.
 */
#ifndef FAAS_DRILL_INVOCATION_H
#define FAAS_DRILL_INVOCATION_H

#include "function.h"
#include "sandbox.h"

/* result has its request id already; context may be NULL. 0 with result filled but for memory and log, or
 * -1 with error set. */
int invocation_run(struct sandbox *sandbox,
                   const char *event,
                   size_t length,
                   const struct invoker_context *context,
                   struct invocation_result *result,
                   struct drill_error *error);

#endif
