/*
 * throttle: a process that is given next to no CPU while it has no request.
 *
 * Cloud Run (https://cloud.google.com/run/docs/configuring/billing-settings, request-based billing): "CPU is only
 * allocated during request processing". How little there is between requests is not published; here it is 5 ms every
 * 500 ms, one hundredth, by SIGSTOP and SIGCONT.
 */
#ifndef FAAS_DRILL_THROTTLE_H
#define FAAS_DRILL_THROTTLE_H

#include "process.h"

struct throttle;

/* Starts with the process stopped. NULL when there is no memory or thread. */
struct throttle *throttle_begin(struct process *process);

/* Leaves the process running, and says in *ms how long it was held back. Takes NULL. */
void throttle_end(struct throttle *throttle, double *ms);

#endif
