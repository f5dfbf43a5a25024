/*
 * lambda_log: what a function writes, and the platform's own lines between it, as CloudWatch would show them. The pipe
 * is always drained, by a thread, so that a function never waits for it.
 */
#ifndef FAAS_DRILL_LAMBDA_LOG_H
#define FAAS_DRILL_LAMBDA_LOG_H

#include "error.h"

#include <stdio.h>

struct lambda_log;

/* out may be NULL: nothing is passed on. destroy takes NULL; it writes what is left. */
struct lambda_log *lambda_log_new(FILE *out, struct drill_error *error);
void lambda_log_destroy(struct lambda_log *log);

/* For the function's stdout and stderr; stays the log's. */
int lambda_log_writer(const struct lambda_log *log);

/* Takes in what the function has written up to now, so that all that is told later comes behind it. */
void lambda_log_drain(struct lambda_log *log);

/* A line of the platform, behind all that the function wrote before. printf-like, without a line end. */
void lambda_log_line(struct lambda_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The log of one invocation begins. */
void lambda_log_begin(struct lambda_log *log);

/* The last 4 KiB since then, to be freed; NULL when nothing was written. */
char *lambda_log_tail(struct lambda_log *log);

#endif
