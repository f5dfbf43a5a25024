/*
 * result: answers as OpenWhisk knows them: one JSON object on one line, which is a failure by its member error.
 *
 * OpenWhisk looks at whether there is an error, even one that is null, and keeps nothing else of an answer that has
 * one. So a good report goes out without its "error": null, and a failed one inside of the error.
 */
#ifndef OPENWHISK_RESULT_H
#define OPENWHISK_RESULT_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>

/* Where answers go. */
struct result_channel {
   int descriptor;
   size_t max_bytes; /* OpenWhisk cuts what is longer; an error goes out instead */
};

/* All wait until everything is written. FAAS_OK, or FAAS_ERROR with Provider.AnswerNotWritten or Provider.OutOfMemory.
 * report may be any bytes: JSON that is no object goes out as {"value": …}, what is no JSON as an error. */
enum faas_result
result_good(const struct result_channel *channel, const char *report, size_t length, struct faas_error *error);
enum faas_result
result_failed(const struct result_channel *channel, const struct faas_failure *failure, struct faas_error *error);

/* Whether the action could start; only a proxy that waits for it may be told. */
enum faas_result result_acknowledge(const struct result_channel *channel, bool ok, struct faas_error *error);

#endif
