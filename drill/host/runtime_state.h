/*
 * runtime_state: what the calls to the Runtime API and to that of extensions share. For their files only.
 */
#ifndef FAAS_DRILL_RUNTIME_STATE_H
#define FAAS_DRILL_RUNTIME_STATE_H

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
   struct {
      bool served;                    /* the function has SnapStart */
      bool done;                      /* restore/next was answered */
      struct MHD_Connection *waiting; /* suspended, with */
      struct runtime_request *request;
   } restore;
   bool has_answer;
   struct runtime_answer answer;
};

/* Tells the host of the new phase. With the lock held. */
void runtime_state_enter(struct runtime_api *api, enum runtime_phase phase);

#endif
