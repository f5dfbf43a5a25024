/*
 * initialization: a fresh process of a function, up to the moment it asks for its first event.
 *
 * The first process of an environment has an init phase of its own, of 10 seconds. If that fails or takes longer,
 * Lambda ends the process, starts it again, and lets init run within the waiting invocation and its time. For all later
 * processes, after a crash, a timeout or a failed init, init runs within an invocation from the start ("suppressed
 * init"). https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, "Init phase" and "Failures
 * during the invoke phase".
 */
#ifndef FAAS_DRILL_INITIALIZATION_H
#define FAAS_DRILL_INITIALIZATION_H

#include "function.h"
#include "sandbox.h"

/* Call if there is no process. Returns 0 when the function asks for an event: result then has init_ms, and if init ran
 * within the invocation, init_within and start_us. Returns 1 if init failed: result, as the invocation's result, and
 * the log say how. Returns -1 with error set. */
int initialization_run(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error);

#endif
