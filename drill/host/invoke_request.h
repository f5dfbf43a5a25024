/*
 * invoke_request: one HTTP request to the invoke API: what it asks for, its body, why it must be refused, and its
 * answer.
 */
#pragma once

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
   const char *type; /* error type from AWS's API */
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
   bool refused; /* the client already got its refusal; what still arrives is read and dropped */
   bool queued;  /* the queue has its job */
   bool run;     /* its job has run */
   struct invoke_job job;
   char *client_context;
};

/* Call as soon as the headers are there. Returns NULL when out of memory. destroy allows NULL. */
struct invoke_request *invoke_request_new(struct MHD_Connection *connection, const char *target, const char *method);
void invoke_request_destroy(struct invoke_request *request);

/* Drops what exceeds the limit. */
void invoke_request_add(struct invoke_request *request, const char *data, size_t length);

/* True if the body exceeds the limit, or will by its Content-Length; then sets refusal. */
bool invoke_request_is_too_large(const struct invoke_request *request, struct invoke_refusal *refusal);

/* True if a whole request can't be run; then sets refusal to the reason. */
bool invoke_request_is_refused(const struct invoke_request *request, struct invoke_refusal *refusal);

/* Takes over the event and what the invoker added to it. Returns false, with refusal set, if they are invalid. */
bool invoke_request_make_job(struct invoke_request *request, struct invoke_refusal *refusal);

bool invoke_request_wants_log(const struct invoke_request *request);

/* --- invoke_reply.c: what it is answered, in the form of AWS's services ------------------------------------------- */

enum MHD_Result invoke_reply_status(struct MHD_Connection *connection, unsigned status);

enum MHD_Result
invoke_reply_result(struct MHD_Connection *connection, const struct invocation_result *result, bool with_log);

enum MHD_Result invoke_reply_refuse(struct MHD_Connection *connection, const struct invoke_refusal *refusal);

/* Answers before the body has come, past libmicrohttpd, which would close the connection at once: a client that is
 * still sending would then lose the answer to a reset. The caller reads on to the end of the request, and closes the
 * connection. */
void invoke_reply_refuse_at_once(struct MHD_Connection *connection, const struct invoke_refusal *refusal);
