/*
 * shut_down: ends a function's process as Lambda does. A process with an extension gets SIGTERM and some time; one
 * without is killed at once.
 */
#ifndef FAAS_DRILL_SHUT_DOWN_H
#define FAAS_DRILL_SHUT_DOWN_H

#include "sandbox.h"

/* Ends all processes of the function; does nothing when there is none. Returns the status from waitpid. */
int shut_down(struct sandbox *sandbox);

#endif
