/*
 * runtime_request: one HTTP request to the Runtime API, or to those of extensions: what it asks for, and its body.
 */
#ifndef FAAS_DRILL_RUNTIME_REQUEST_H
#define FAAS_DRILL_RUNTIME_REQUEST_H

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

struct MHD_Response;

struct runtime_request {
   enum runtime_route route;
   bool waits;                 /* for an event */
   bool resumed;               /* an event is there, or the server ends */
   struct MHD_Response *event; /* that one, of a function that may have several; its own */
   char request_id[64];        /* the path's */
   char *body;                 /* with a NUL behind it; NULL when empty */
   size_t length;              /* more than was kept when it is too large */
   size_t room;
   bool too_large;
   bool no_memory;
   bool begun_unanswered; /* the invocation had no answer yet */
   bool whole;
   bool broken_off; /* its connection was closed before it was whole, and that was seen */
};

/* NULL when out of memory. destroy takes NULL. */
struct runtime_request *runtime_request_new(const char *method, const char *path);
void runtime_request_destroy(struct runtime_request *request);

/* expected_length: of Content-Length, or NULL. */
void runtime_request_expect(struct runtime_request *request, const char *expected_length, size_t max);

/* What is beyond max is counted only; out of memory, what comes after is not even that. */
void runtime_request_add(struct runtime_request *request, const char *data, size_t length, size_t max);

/* The only method path has: "GET", "POST" or "PUT". */
const char *runtime_request_allowed(const char *path);

#endif
