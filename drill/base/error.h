/*
 * error: what went wrong and what to do about it, in one line for a person. The caller owns the struct.
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
