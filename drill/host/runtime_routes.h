/*
 * runtime_routes: what each call to the Runtime API does, and how it is answered: as AWS's Runtime Interface Emulator
 * does it. For runtime_api.c only.
 */
#ifndef FAAS_DRILL_RUNTIME_ROUTES_H
#define FAAS_DRILL_RUNTIME_ROUTES_H

#include "extensions.h"
#include "runtime_api.h"
#include "runtime_request.h"

#include <microhttpd.h>
#include <pthread.h>

struct runtime_api {
   struct violations *violations;
   int wake;
   struct MHD_Daemon *daemon;
   struct MHD_Response *accepted;
   unsigned port;
   struct runtime_function function;

   pthread_mutex_t lock; /* of all below */
   enum runtime_phase phase;
   int64_t since_us;
   bool closing;
   bool asked; /* for an event, ever: after that nobody can register */
   unsigned open_connections;
   struct MHD_Connection *waiting; /* suspended, with */
   struct runtime_request *waiting_request;
   struct MHD_Connection *answering; /* on which the answer has begun; NULL: on none */
   struct runtime_request *answering_request;
   struct extensions extensions;
   char *extension_event;      /* what they are told of the event */
   struct MHD_Response *event; /* handed out, with this id */
   char request_id[40];
   char invocation_id[40]; /* of this attempt alone, where a retry has the same request id */
   bool refused_as_too_large;
   bool has_answer;
   struct runtime_answer answer;
};

/* A whole request, or one that waited. With the lock held. */
enum MHD_Result runtime_route_dispatch(struct runtime_api *api,
                                       struct MHD_Connection *connection,
                                       struct runtime_request *request,
                                       const char *method,
                                       const char *path);

/* Tells the host of the new phase. With the lock held. */
void runtime_route_enter(struct runtime_api *api, enum runtime_phase phase);

/* With the lock held. */
void runtime_route_resume_waiting(struct runtime_api *api);

#endif
