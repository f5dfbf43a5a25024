/*
 * restoration: SnapStart's life of a process. After its init it asks restore/next and is suspended: that is the
 * snapshot. Later it goes on, and asks for its first event. The process is the same one: copies of it, a machine of
 * their own and a clock that has jumped are not to be had here.
 * https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-custom.html
 */
#ifndef FAAS_DRILL_RESTORATION_H
#define FAAS_DRILL_RESTORATION_H

#include "function.h"
#include "sandbox.h"

/* Starts the process of an environment that has none. 0 when it is suspended, with *restorable whether it asks
 * restore/next, and not for an event; 1 when its init failed, and result says how (clear it); -1 with error set. */
int restoration_take_snapshot(struct sandbox *sandbox,
                              bool *restorable,
                              struct invocation_result *result,
                              struct drill_error *error);

/* After that. As make_ready of invocation.c: 0 when it asks for an event, 1 when it failed, -1 with error set. */
int restoration_run(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error);

#endif
