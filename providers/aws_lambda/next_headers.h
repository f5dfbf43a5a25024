/*
 * next_headers: reads the headers of an invocation (AWS, "Using the Lambda runtime API", next invocation).
 */
#ifndef AWS_LAMBDA_NEXT_HEADERS_H
#define AWS_LAMBDA_NEXT_HEADERS_H

#include "faas_harness/provider.h"

#define NEXT_HEADERS_ID_MAX 256
#define NEXT_HEADERS_VALUE_MAX 16384 /* a client context is a JSON document of up to 3,583 bytes, in base64 */

enum next_attribute {
   NEXT_FUNCTION_ARN,
   NEXT_TRACE_ID,
   NEXT_CLIENT_CONTEXT,
   NEXT_COGNITO_IDENTITY,
   NEXT_TENANT_ID,
   NEXT_ATTRIBUTE_COUNT
};

struct next_headers {
   char request_id[NEXT_HEADERS_ID_MAX];
   char invocation_id[NEXT_HEADERS_ID_MAX]; /* of this attempt, to be sent back with the answer; "": none */
   int64_t deadline_unix_ms;                /* FAAS_NO_DEADLINE: none */
   int64_t content_length;                  /* -1: none */
   char *attributes[NEXT_ATTRIBUTE_COUNT];  /* owned; NULL: none */
   struct faas_error problem;               /* type is empty when there is no problem */
   bool complete;                           /* the empty line that ends the headers has arrived */
};

void next_headers_init(struct next_headers *headers);
void next_headers_clear(struct next_headers *headers);

/* Reads one header line as received, with or without its line end. Headers of no interest are ignored, as is everything
 * after the last header. The first error goes into problem. A status line starts over, for example after a 100. */
void next_headers_add(struct next_headers *headers, const char *line, size_t length);

/* The name of an attribute in an invocation: "trace_id". */
const char *next_attribute_name(enum next_attribute attribute);

#endif
