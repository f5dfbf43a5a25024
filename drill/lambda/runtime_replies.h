/*
 * runtime_replies: the Runtime API's answers to the function, in the words of AWS's Runtime Interface Emulator. Each
 * queues one response, and returns what the handler must return.
 */
#ifndef FAAS_DRILL_RUNTIME_REPLIES_H
#define FAAS_DRILL_RUNTIME_REPLIES_H

#include "runtime_api.h"

#include <microhttpd.h>

#define REPLY_NO_MEMORY "{\"errorMessage\":\"no memory for the request\",\"errorType\":\"InternalServerError\"}\n"

#define REPLY_REQUEST_ID "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n"
#define REPLY_TIMED_OUT "{\"errorMessage\":\"Invoke timeout\",\"errorType\":\"InvokeTimeout\"}\n"

/* body is JSON. */
enum MHD_Result runtime_reply(struct MHD_Connection *connection, unsigned status, const char *body);

struct runtime_header {
   const char *name;
   const char *value;
};

/* The same, with the content type among headers. */
enum MHD_Result runtime_reply_headers(struct MHD_Connection *connection,
                                      unsigned status,
                                      const char *body,
                                      const struct runtime_header *headers,
                                      size_t count);

/* The same with one header. */
enum MHD_Result runtime_reply_with(
   struct MHD_Connection *connection, unsigned status, const char *body, const char *name, const char *value);

/* 403: the runtime can't go from phase from to the state of that name. */
enum MHD_Result runtime_refuse_transition(struct MHD_Connection *connection, enum runtime_phase from, const char *to);

#endif
