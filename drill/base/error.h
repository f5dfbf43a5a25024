/*
 * error: what went wrong and what to do about it, in one line for a person; which limit to raise when the drill itself
 * ran out of something. The caller owns the struct.
 */
#pragma once

#include <stdbool.h>

struct drill_error {
   char message[1024];
};

/* printf-like; what does not fit is cut. error may be NULL. Returns -1, for the caller to return. */
int drill_error_set(struct drill_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, but returns false. */
bool drill_error_false(struct drill_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether error_number says that this process or the machine ran out of something: descriptors, processes, memory,
 * disk. */
bool shortage_is(int error_number);

/* "cannot DOING: out of file descriptors; raise the limit (ulimit -n, now 256) …" */
void shortage_tell(struct drill_error *error, const char *doing, int error_number);
