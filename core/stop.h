/*
 * stop: SIGTERM and SIGINT ask the process to stop after the current invocation; a second signal, of either kind, kills
 * it.
 */
#ifndef FAAS_CORE_STOP_H
#define FAAS_CORE_STOP_H

#include "faas_harness/provider.h"

/* Installs the handlers. Returns false and fills error when the kernel refuses. Call once. */
bool stop_install(struct faas_error *error);

bool stop_requested(void);

/* Asks the process to stop, as a signal does, but the next signal does not kill it. Thread-safe. */
void stop_request(void);

/* A descriptor that polls readable once a stop was requested; never read or close it. -1 before stop_install. */
int stop_descriptor(void);

#endif
