/*
 * initialization: a fresh process of a function, up to the moment it asks for its first event.
 *
 * The first process of an environment has an init phase of its own, of 10 seconds. If that fails or takes longer,
 * Lambda ends the process, starts it again, and lets init run within the waiting invocation and its time. For all later
 * processes, after a crash, a timeout or a failed init, init runs within an invocation from the start ("suppressed
 * init"). https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, "Init phase" and "Failures
 * during the invoke phase".
 *
 * With SnapStart the process asks restore/next after its init and is suspended: that is the snapshot. Later it
 * continues, and asks for its first event. It stays the same process: copies, a separate machine and a clock that has
 * jumped are not emulated. https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-custom.html
 */
#pragma once

#include "function.h"
#include "sandbox.h"

/* Call if there is no process. Returns 0 when the function asks for an event: result then has init_ms, and if init ran
 * within the invocation, init_within and start_us. Returns 1 if init failed: result, as the invocation's result, and
 * the log say how. Returns -1 with error set. */
int initialization_run(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error);

/* Starts the process of an environment that has none. Returns 0 when it is suspended; *restorable says whether it asks
 * restore/next rather than for an event. Returns 1 when its init failed and result says how (clear it), -1 with error
 * set. */
int initialization_take_snapshot(struct sandbox *sandbox,
                                 bool *restorable,
                                 struct invocation_result *result,
                                 struct drill_error *error);

/* Continues after the snapshot. Like make_ready in invocation.c, returns 0 when the function asks for an event, 1 if it
 * failed, -1 with error set. */
int initialization_restore(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error);
