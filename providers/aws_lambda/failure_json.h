/*
 * failure_json: the JSON that the Runtime API expects for an error (AWS, "Invocation error").
 */
#ifndef AWS_LAMBDA_FAILURE_JSON_H
#define AWS_LAMBDA_FAILURE_JSON_H

#include <stddef.h>

/* Makes {"errorMessage", "errorType", "stackTrace": []}. The invoker sees nothing else, so the report, if there is one,
 * follows the message after a line end. Free it with free; NULL when out of memory. */
char *failure_json_make(const char *type, const char *message, const char *report, size_t report_length);

#endif
