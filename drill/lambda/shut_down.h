/*
 * shut_down: the end of a function's process as Lambda has it. One with an extension gets SIGTERM and some time; one
 * without is killed at once.
 */
#ifndef FAAS_DRILL_SHUT_DOWN_H
#define FAAS_DRILL_SHUT_DOWN_H

#include "sandbox.h"

/* Of all processes of the function; nothing when there is none. The status as waitpid has it. */
int shut_down(struct sandbox *sandbox);

#endif
