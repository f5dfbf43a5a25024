/*
 * runtime_api: the calls of Lambda's Runtime API, over one kept HTTP connection.
 *
 * AWS, "Using the Lambda runtime API for custom runtimes", version 2018-06-01. What is awaited here may take hours, as
 * the environment is frozen between two invocations: next has no time limit. Neither has an answer, which can't be
 * given up, as the API may have it: Lambda ends the process at its deadline, a second SIGTERM does anywhere else.
 */
#ifndef AWS_LAMBDA_RUNTIME_API_H
#define AWS_LAMBDA_RUNTIME_API_H

#include "buffer.h"
#include "next_headers.h"

/* AWS, "Lambda quotas": 6 MB for request and response each; measured, the service takes 100 bytes more. */
#define RUNTIME_API_PAYLOAD_MAX (6 * 1024 * 1024 + 100)

struct runtime_api;

/* host_and_port as in AWS_LAMBDA_RUNTIME_API. NULL with error when it is malformed, or memory is out. */
struct runtime_api *runtime_api_new(const char *host_and_port, int stop_descriptor, struct faas_error *error);
void runtime_api_destroy(struct runtime_api *api);

enum runtime_api_result {
   RUNTIME_API_OK,
   RUNTIME_API_STOPPED,   /* next only: the stop descriptor became readable */
   RUNTIME_API_BROKEN,    /* next only: an invocation that can't be run came; its id, when known, is in the headers */
   RUNTIME_API_REFUSED,   /* 4xx; error has the API's own words */
   RUNTIME_API_TOO_LARGE, /* 413 */
   RUNTIME_API_UNUSABLE   /* 5xx, or the API can't be reached: the process can't go on */
};

/* What next brought: valid until the next call of it. */
struct runtime_api_event {
   const struct next_headers *headers;
   const struct buffer *body;
};

enum runtime_api_result
runtime_api_next(struct runtime_api *api, struct runtime_api_event *event, struct faas_error *error);

/* Of SnapStart: waits, as next does, until the process is restored from a snapshot that is taken meanwhile. The
 * connection is then made anew; when that can't be done, error has type RUNTIME_API_RESTORE_FAILED. */
#define RUNTIME_API_RESTORE_FAILED "Provider.RestoreFailed"
enum runtime_api_result runtime_api_restore_next(struct runtime_api *api, struct faas_error *error);

/* JSON to post, which stays the caller's. */
struct runtime_api_post {
   const char *body;
   size_t length;
   const char *error_type;    /* NULL: a response */
   const char *invocation_id; /* as it came with the invocation; NULL or "": none did */
};

enum runtime_api_result runtime_api_respond(struct runtime_api *api,
                                            const char *request_id,
                                            const struct runtime_api_post *post,
                                            struct faas_error *error);
enum runtime_api_result runtime_api_fail(struct runtime_api *api,
                                         const char *request_id,
                                         const struct runtime_api_post *post,
                                         struct faas_error *error);
enum runtime_api_result
runtime_api_init_failed(struct runtime_api *api, const struct runtime_api_post *post, struct faas_error *error);
enum runtime_api_result
runtime_api_restore_failed(struct runtime_api *api, const struct runtime_api_post *post, struct faas_error *error);

#endif
