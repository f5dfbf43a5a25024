/*
 * result: answers in OpenWhisk's form: one JSON object on one line; a member named error makes it a failure.
 *
 * OpenWhisk only checks whether there is an error, even a null one, and then keeps nothing else of the answer. So a
 * good report is sent without its "error": null, and a failed one inside the error.
 */
#ifndef OPENWHISK_RESULT_H
#define OPENWHISK_RESULT_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>

/* Where answers are written. */
struct result_channel {
   int descriptor;
   size_t max_bytes; /* OpenWhisk cuts longer answers, so an error is sent instead */
};

/* These return once everything is written: FAAS_OK, or FAAS_ERROR with Provider.AnswerNotWritten or
 * Provider.OutOfMemory. report may be any bytes: JSON that is not an object is sent as {"value": …}, anything that is
 * not JSON as an error. */
enum faas_result
result_good(const struct result_channel *channel, const char *report, size_t length, struct faas_error *error);
enum faas_result
result_failed(const struct result_channel *channel, const struct faas_failure *failure, struct faas_error *error);

/* Tells the proxy whether the action could start. Call only if the proxy waits for that. */
enum faas_result result_acknowledge(const struct result_channel *channel, bool ok, struct faas_error *error);

#endif
