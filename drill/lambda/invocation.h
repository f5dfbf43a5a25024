/*
 * invocation: handles one event from its arrival to its answer, by Lambda's rules, in a sandbox that it makes ready
 * first.
 */
#pragma once

#include "function.h"
#include "sandbox.h"

/* result already has its request id. Returns 0 with result filled in, except for memory and log,
 * or -1 with error set. */
int invocation_run(struct sandbox *sandbox,
                   const struct invoker_event *event,
                   struct invocation_result *result,
                   struct drill_error *error);
