/*
 * shortage: says what the drill itself ran out of, and which limit to raise.
 */
#pragma once

#include "error.h"

#include <stdbool.h>

/* Whether error_number says that this process or the machine ran out of something: descriptors, processes, memory,
 * disk. */
bool shortage_is(int error_number);

/* "cannot DOING: out of file descriptors; raise the limit (ulimit -n, now 256) …" */
void shortage_tell(struct drill_error *error, const char *doing, int error_number);
