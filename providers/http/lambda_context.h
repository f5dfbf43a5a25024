/*
 * lambda_context: reads the header x-amzn-lambda-context, a JSON object in which AWS's Lambda Web Adapter passes on
 * what the Runtime API said about an invocation.
 */
#ifndef HTTP_LAMBDA_CONTEXT_H
#define HTTP_LAMBDA_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

struct lambda_context {
   const char *request_id; /* in the header's text, request_id_length bytes; NULL: the header has none */
   size_t request_id_length;
   int64_t deadline_unix_ms; /* FAAS_NO_DEADLINE: the header has none */
};

/* text may be NULL. If text is not such an object, context has neither id nor deadline. */
void lambda_context_read(struct lambda_context *context, const char *text);

#endif
