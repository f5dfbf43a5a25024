/*
 * lambda_errors: what Lambda itself tells the invoker when a function could not answer, in Lambda's words.
 */
#ifndef FAAS_DRILL_LAMBDA_ERRORS_H
#define FAAS_DRILL_LAMBDA_ERRORS_H

#include "function.h"

/* Sets result's type and payload {"errorType", "errorMessage": "RequestId: ID Error: …"}; printf-like. Returns false
 * when out of memory. */
bool lambda_error_set(struct invocation_result *result, const char *type, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

/* "exited with error: exit status 1", "exited with error: signal: segmentation fault", "exited without providing a
 * reason"; status is from waitpid. */
void lambda_exit_describe(int status, char *text, size_t size);

#endif
