/*
 * restoration: the SnapStart life cycle of a process. After its init the process asks restore/next and is suspended:
 * that is the snapshot. Later it continues, and asks for its first event. It stays the same process: copies, a separate
 * machine and a clock that has jumped are not emulated.
 * https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-custom.html
 */
#ifndef FAAS_DRILL_RESTORATION_H
#define FAAS_DRILL_RESTORATION_H

#include "function.h"
#include "sandbox.h"

/* Starts the process of an environment that has none. Returns 0 when it is suspended; *restorable says whether it asks
 * restore/next rather than for an event. Returns 1 when its init failed and result says how (clear it), -1 with error
 * set. */
int restoration_take_snapshot(struct sandbox *sandbox,
                              bool *restorable,
                              struct invocation_result *result,
                              struct drill_error *error);

/* Continues after the snapshot. Like make_ready in invocation.c, returns 0 when the function asks for an event, 1 if it
 * failed, -1 with error set. */
int restoration_run(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error);

#endif
