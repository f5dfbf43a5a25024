/*
 * runtime_api: the calls of Lambda's Runtime API, over one kept HTTP connection.
 *
 * AWS, "Using the Lambda runtime API for custom runtimes", version 2018-06-01. Waiting here may take hours, because the
 * environment is frozen between two invocations, so next has no time limit. Posting an answer has none either: it
 * cannot be abandoned, because the API may already have it. Lambda ends the process at its deadline; elsewhere a second
 * SIGTERM does.
 */
#ifndef AWS_LAMBDA_RUNTIME_API_H
#define AWS_LAMBDA_RUNTIME_API_H

#include "buffer.h"
#include "next_headers.h"

/* AWS, "Lambda quotas": 6 MB each for request and response; measured, the service accepts 100 bytes more. */
#define RUNTIME_API_PAYLOAD_MAX (6 * 1024 * 1024 + 100)

struct runtime_api;

/* host_and_port has the form of AWS_LAMBDA_RUNTIME_API. Returns NULL and fills error when it is malformed, or when out
 * of memory. */
struct runtime_api *runtime_api_new(const char *host_and_port, int stop_descriptor, struct faas_error *error);
void runtime_api_destroy(struct runtime_api *api);

enum runtime_api_result {
   RUNTIME_API_OK,
   RUNTIME_API_STOPPED,   /* next only: the stop descriptor became readable */
   RUNTIME_API_BROKEN,    /* next only: an invocation arrived that cannot be run; its id, if known, is in headers */
   RUNTIME_API_REFUSED,   /* 4xx; error quotes the API */
   RUNTIME_API_TOO_LARGE, /* 413 */
   RUNTIME_API_UNUSABLE   /* 5xx, or the API cannot be reached: the process cannot go on */
};

/* What next returned; valid until its next call. */
struct runtime_api_event {
   const struct next_headers *headers;
   const struct buffer *body;
};

enum runtime_api_result
runtime_api_next(struct runtime_api *api, struct runtime_api_event *event, struct faas_error *error);

/* For SnapStart: waits, as next does, until the process is restored from a snapshot that Lambda takes meanwhile. Then a
 * new connection replaces the old one; if that fails, error has type RUNTIME_API_RESTORE_FAILED. */
#define RUNTIME_API_RESTORE_FAILED "Provider.RestoreFailed"
enum runtime_api_result runtime_api_restore_next(struct runtime_api *api, struct faas_error *error);

/* These two answer the invocation that next returned last, with a response of these bytes, or with an error. */
enum runtime_api_result
runtime_api_respond(struct runtime_api *api, const char *body, size_t length, struct faas_error *error);
enum runtime_api_result
runtime_api_fail(struct runtime_api *api, const struct faas_failure *failure, struct faas_error *error);

enum runtime_api_result
runtime_api_init_failed(struct runtime_api *api, const struct faas_failure *failure, struct faas_error *error);
enum runtime_api_result
runtime_api_restore_failed(struct runtime_api *api, const struct faas_failure *failure, struct faas_error *error);

#endif
