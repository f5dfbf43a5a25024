/*
 * shortage: what the drill itself ran out of, said so that one knows which limit to raise.
 */
#ifndef FAAS_DRILL_SHORTAGE_H
#define FAAS_DRILL_SHORTAGE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether errno says that this process or the machine ran out of something: descriptors, processes, memory, disk. */
bool shortage_is(int error_number);

/* "cannot DOING: out of file descriptors; raise the limit (ulimit -n, now 256) …" */
void shortage_tell(struct drill_error *error, const char *doing, int error_number);

/* Before a drill of so many functions at once: -1 with error set when this process may not open the descriptors, or
 * start the processes and threads, that the drill needs for them. What the functions' connections need beyond the
 * fewest shows only later. */
int shortage_expect(size_t functions, struct drill_error *error);

#endif
