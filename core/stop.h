/*
 * stop: SIGTERM and SIGINT ask the process to stop after the invocation under way; a second one, of either kind,
 * kills it.
 */
#ifndef FAAS_CORE_STOP_H
#define FAAS_CORE_STOP_H

#include "faas_harness/provider.h"

/* Install the handlers. False with error when the kernel refuses. Call once. */
bool stop_install(struct faas_error *error);

bool stop_requested(void);

/* Asks the process to stop, as a signal does; the next signal does not kill it. Any thread. */
void stop_request(void);

/* Polls readable once a stop was requested; never to be read or closed. -1 before stop_install. */
int stop_descriptor(void);

#endif
