/*
 * invoke_request: one HTTP request to the invoke API: what it asks for, its body, and why it has to be refused.
 */
#ifndef FAAS_DRILL_INVOKE_REQUEST_H
#define FAAS_DRILL_INVOKE_REQUEST_H

#include "invoke_queue.h"

#include <microhttpd.h>

enum invoke_kind {
   INVOKE_AND_WAIT,
   INVOKE_LATER,
   INVOKE_DRY_RUN,
   INVOKE_UNKNOWN_PATH,
   INVOKE_UNKNOWN_METHOD,
   INVOKE_UNKNOWN_KIND,
};

struct invoke_refusal {
   unsigned status;
   const char *type; /* of AWS's API */
   char message[300];
};

struct invoke_request {
   struct MHD_Connection *connection;
   enum invoke_kind kind;
   char *text;
   size_t length;
   size_t room;
   bool too_large;
   bool no_memory;
   bool refused; /* was told so at once; what still comes is read and dropped */
   bool queued;  /* its job was given to the queue */
   bool run;     /* and run */
   struct invoke_job job;
   char *client_context;
};

/* As soon as the headers are there. NULL when out of memory. destroy takes NULL. */
struct invoke_request *invoke_request_new(struct MHD_Connection *connection, const char *target, const char *method);
void invoke_request_destroy(struct invoke_request *request);

/* What is beyond the limit is dropped. */
void invoke_request_add(struct invoke_request *request, const char *data, size_t length);

/* Whether its body is over the limit, or will be by its Content-Length; then refusal says so. */
bool invoke_request_is_too_large(const struct invoke_request *request, struct invoke_refusal *refusal);

/* Whether a whole request can't be run; then refusal says why. */
bool invoke_request_is_refused(const struct invoke_request *request, struct invoke_refusal *refusal);

/* Takes over the event and what the invoker added to it. False, with refusal set, when that is no good. */
bool invoke_request_make_job(struct invoke_request *request, struct invoke_refusal *refusal);

bool invoke_request_wants_log(const struct invoke_request *request);

#endif
