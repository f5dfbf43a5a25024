/*
 * throttle: gives a process next to no CPU while it has no request.
 *
 * Cloud Run (https://cloud.google.com/run/docs/configuring/billing-settings, request-based billing): "CPU is only
 * allocated during request processing". Google does not publish how little CPU there is between requests; here it is 5
 * ms every 500 ms, one hundredth, by SIGSTOP and SIGCONT.
 */
#pragma once

#include "function.h"
#include "process.h"
#include "timeline.h"

struct throttle;

/* Starts with the process stopped; timeline may be NULL. Returns NULL when it could get no memory or thread. */
struct throttle *throttle_begin(struct process *process, struct timeline *timeline, int instance);

/* Leaves the process running, and notes in result, if given, how long it was held back. Allows NULL. */
void throttle_end(struct throttle *throttle, struct invocation_result *result);
