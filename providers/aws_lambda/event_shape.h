/*
 * event_shape: recognises who sent an event by its members, and shapes the answer that the sender expects.
 *
 * AWS: "Output format of a Lambda function for proxy integration" (REST), "Working with AWS Lambda proxy integrations
 * for HTTP APIs" (payload format 2.0; function URLs use it too), "Using AWS Lambda with an Application Load Balancer",
 * "Set up route responses for WebSocket APIs", "Lambda functions as targets in VPC Lattice" (both event structure
 * versions), "Use API Gateway Lambda authorizers", "Control access to HTTP APIs with AWS Lambda authorizers",
 * "Configuring authorization and authentication to secure your GraphQL APIs" (AppSync).
 */
#ifndef AWS_LAMBDA_EVENT_SHAPE_H
#define AWS_LAMBDA_EVENT_SHAPE_H

#include <stddef.h>

enum event_shape {
   EVENT_PLAIN, /* the invoker gets the report unchanged */
   EVENT_HTTP,  /* API Gateway's REST and HTTP APIs (payload formats 1.0 and 2.0), function URLs, VPC Lattice */
   EVENT_LOAD_BALANCER,
   EVENT_LOAD_BALANCER_MULTI, /* with multi-value headers enabled: it ignores any other headers */
   EVENT_WEBSOCKET,           /* API Gateway WebSocket API: connect, message and disconnect */
   EVENT_AUTHORIZER           /* asks whether to let a request through; not served: no report can answer that */
};

/* Parses the event only if it may be one of those above. An event that is not JSON, or is nested deeper than the parser
 * goes, is plain. */
enum event_shape event_shape_of(const char *event, size_t length);

/* Makes the JSON answer to an event of this shape; free it with free. Returns NULL when out of memory, and for
 * EVENT_PLAIN and EVENT_AUTHORIZER. */
char *event_shape_answer(enum event_shape shape, const char *request_id, const char *report, size_t length);

#endif
