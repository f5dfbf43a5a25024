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

/* An invocation that the function has, or had last. */
struct runtime_slot {
   bool open; /* of several at once: handed out, and the host still waits for it */
   int wake;  /* of several at once: eventfd of who waits for it */
   char request_id[40];
   char invocation_id[40]; /* of this attempt alone, where a retry has the same request id */
   bool refused_as_too_large;
   bool has_answer;
   struct runtime_answer answer;
};

/* A call for the next event. */
struct runtime_call {
   struct MHD_Connection *connection; /* suspended */
   struct runtime_request *request;
};

/* So many of those that timed out are known by their late answers. */
#define RUNTIME_LATE_MAX 256

struct runtime_api {
   struct violations *violations;
   int wake;
   struct MHD_Daemon *daemon;
   struct MHD_Response *accepted;
   unsigned port;
   struct runtime_function function;
   unsigned workers; /* how many invocations may be open at once */

   pthread_mutex_t lock; /* of all below */
   enum runtime_phase phase;
   int64_t since_us;
   bool closing;
   bool host_ends; /* the process, at its time limit or with its environment */
   bool asked;     /* for an event, ever: after that nobody can register */
   bool given;     /* an event, ever: init is over */
   unsigned open_connections;
   struct runtime_call *waiting; /* room for one of each worker; the one that waits longest is first */
   unsigned waiting_count;
   struct MHD_Connection *answering; /* on which the answer has begun; NULL: on none */
   struct runtime_request *answering_request;
   struct {
      bool served;                    /* the function has SnapStart */
      bool done;                      /* restore/next was answered */
      struct MHD_Connection *waiting; /* suspended, with */
      struct runtime_request *request;
   } restore;
   struct extensions extensions;
   char *extension_event;           /* what they are told of the event */
   struct MHD_Response *event;      /* with one worker: the newest, which it may ask for again */
   struct runtime_slot *slots;      /* one for each worker */
   char late[RUNTIME_LATE_MAX][40]; /* with several workers: ids that timed out, in a ring */
   unsigned late_next;
};

/* Tells the host of the new phase. With the lock held. */
void runtime_state_enter(struct runtime_api *api, enum runtime_phase phase);

/* A function that gave up waiting has closed its connection, which can't be seen while it is suspended. */
bool runtime_state_is_closed(struct MHD_Connection *connection);

#endif
