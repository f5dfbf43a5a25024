/*
 * runtime_request: one HTTP request to the Runtime API or the Extensions API: what it asks for, its body, and how it
 * waits.
 */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

enum runtime_route {
   ROUTE_NEXT,
   ROUTE_RESPONSE,
   ROUTE_ERROR,
   ROUTE_INIT_ERROR,
   ROUTE_RESTORE_NEXT,
   ROUTE_RESTORE_ERROR,
   ROUTE_EXTENSION_REGISTER,
   ROUTE_EXTENSION_NEXT,
   ROUTE_EXTENSION_INIT_ERROR,
   ROUTE_EXTENSION_EXIT_ERROR,
   ROUTE_LOGS,
   ROUTE_TELEMETRY,
   ROUTE_UNKNOWN_PATH,
   ROUTE_UNKNOWN_METHOD,
};

struct runtime_request {
   enum runtime_route route;
   bool waits;                 /* for an event */
   bool resumed;               /* an event is there, or the server ends */
   struct MHD_Response *event; /* its event, for a function that may have several; owned */
   char request_id[64];        /* from the path */
   char *body;                 /* NUL-terminated; NULL when empty */
   size_t length;              /* exceeds what was kept if the body is too large */
   size_t room;
   bool too_large;
   bool no_memory;
   bool begun_unanswered; /* the invocation had no answer when the request began */
   bool whole;
   bool broken_off; /* its connection closed before the request was whole, and the host noticed */
};

/* Returns NULL when out of memory. destroy allows NULL. */
struct runtime_request *runtime_request_new(const char *method, const char *path);
void runtime_request_destroy(struct runtime_request *request);

/* Bytes beyond max are counted but not kept; after an allocation failure they are not counted either. */
void runtime_request_add(struct runtime_request *request, const char *data, size_t length, size_t max);

/* The only method that path allows: "GET", "POST" or "PUT". */
const char *runtime_request_allowed(const char *path);

/* A request with its connection, which is suspended while it waits. Zeroed if there is none. */
struct runtime_call {
   struct MHD_Connection *connection;
   struct runtime_request *request;
};

struct runtime_call runtime_call_suspend(struct MHD_Connection *connection, struct runtime_request *request);

/* Does nothing if there is none; afterwards there is none. */
void runtime_call_resume(struct runtime_call *call);
