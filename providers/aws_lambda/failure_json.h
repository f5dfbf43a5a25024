/*
 * failure_json: the JSON that the Runtime API takes for an error (AWS, "Invocation error").
 */
#ifndef AWS_LAMBDA_FAILURE_JSON_H
#define AWS_LAMBDA_FAILURE_JSON_H

#include <stddef.h>

/* {"errorMessage", "errorType", "stackTrace": []}. Whoever invoked sees nothing else, so the report, when there is one,
 * follows the message after a line end. To be freed by free; NULL when memory is out. */
char *failure_json_make(const char *type, const char *message, const char *report, size_t report_length);

#endif
