/*
 * function_log: collects what a function writes, with the platform's own lines in between, as CloudWatch would show
 * them. A thread always drains the pipe, so a function never waits for it.
 */
#pragma once

#include "error.h"

#include <stdio.h>

struct function_log;

/* out may be NULL to pass nothing on. destroy writes what is left; it allows NULL. */
struct function_log *function_log_new(FILE *out, struct drill_error *error);
void function_log_destroy(struct function_log *log);

/* The descriptor for the function's stdout and stderr; the log owns it. */
int function_log_writer(const struct function_log *log);

/* Adds a line of the platform after all that the function wrote before. printf-like, without a line end. */
void function_log_line(struct function_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Starts the log of one invocation. */
void function_log_begin(struct function_log *log);

/* The last 4 KiB since function_log_begin; the caller frees it. Returns NULL if nothing was written. */
char *function_log_tail(struct function_log *log);
