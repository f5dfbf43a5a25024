/*
 * service_invocation: the invocations of a function that is a server, and what happens between them: it is suspended,
 * throttled, or runs on.
 */
#ifndef FAAS_DRILL_SERVICE_INVOCATION_H
#define FAAS_DRILL_SERVICE_INVOCATION_H

#include "function.h"

/* See struct platform_host. self is a struct service. */
int service_invoke(void *self,
                   const struct invoker_event *event,
                   struct invocation_result *result,
                   struct drill_error *error);

/* Starts the process without an event, as a minimum of instances does. */
int service_initialise(void *self, struct invocation_result *result, struct drill_error *error);

#endif
