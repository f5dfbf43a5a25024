/*
 * function_log: what a function writes, and the platform's own lines between it, as CloudWatch would show them. The
 * pipe is always drained, by a thread, so that a function never waits for it.
 */
#ifndef FAAS_DRILL_FUNCTION_LOG_H
#define FAAS_DRILL_FUNCTION_LOG_H

#include "error.h"

#include <stdio.h>

struct function_log;

/* out may be NULL: nothing is passed on. destroy takes NULL; it writes what is left. */
struct function_log *function_log_new(FILE *out, struct drill_error *error);
void function_log_destroy(struct function_log *log);

/* For the function's stdout and stderr; stays the log's. */
int function_log_writer(const struct function_log *log);

/* Takes in what the function has written up to now, so that all that is told later comes behind it. */
void function_log_drain(struct function_log *log);

/* A line of the platform, behind all that the function wrote before. printf-like, without a line end. */
void function_log_line(struct function_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The log of one invocation begins. */
void function_log_begin(struct function_log *log);

/* The last 4 KiB since then, to be freed; NULL when nothing was written. */
char *function_log_tail(struct function_log *log);

#endif
