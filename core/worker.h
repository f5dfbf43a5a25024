/*
 * worker: a thread that runs what may block, so that its caller can stop waiting.
 */
#ifndef FAAS_CORE_WORKER_H
#define FAAS_CORE_WORKER_H

#include "faas_harness/provider.h"

struct worker;

typedef void (*worker_function)(void *argument);

/* Starts the thread, which first runs prepare with argument, once. Returns NULL and fills error when it cannot be
 * started. */
struct worker *worker_new(worker_function prepare, void *argument, struct faas_error *error);

/* Ends an idle thread and waits for it. A thread that still blocks is left behind, and false returned: then nothing it
 * uses may be released. */
bool worker_destroy(struct worker *worker);

/* Whether the thread is still running what it was given. */
bool worker_busy(struct worker *worker);

/* Gives the idle thread something to run. */
void worker_start(struct worker *worker, worker_function function, void *argument);

/* Waits until the function has run, or until this time on the monotonic clock in microseconds; INT64_MAX: no limit.
 * Returns whether the function has run. */
bool worker_wait(struct worker *worker, int64_t until_us);

#endif
