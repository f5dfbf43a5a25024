/*
 * initialization: a fresh process of a function, up to the moment it asks for its first event.
 *
 * The first one of an environment has a phase of its own, of 10 seconds. When that fails, or takes longer, Lambda ends
 * the process, starts it again, and lets init go on within the invocation that waits for it, and its time. All later
 * ones, after a crash, a time-out or a failed init, are within an invocation from the start ("suppressed init").
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, "Init phase" and "Failures during the
 * invoke phase".
 */
#ifndef FAAS_DRILL_INITIALIZATION_H
#define FAAS_DRILL_INITIALIZATION_H

#include "function.h"
#include "sandbox.h"

/* There is no process. 0 when the function asks for an event: result has init_ms, and where init was within the
 * invocation init_within and start_us. 1 when it failed, which result says as that of the invocation, and the log. -1
 * with error set. */
int initialization_run(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error);

#endif
