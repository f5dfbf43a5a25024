/*
 * runtime_state: what the files of the Runtime API and the Extensions API share, and nobody else may include: their
 * state, and what carries out and answers each call as AWS's Runtime Interface Emulator does. Call all of it with the
 * lock held.
 */
#pragma once

#include "extensions.h"
#include "http_daemon.h"
#include "runtime_api.h"
#include "runtime_request.h"

#include <pthread.h>

/* An invocation that the function has, or had last. */
struct runtime_slot {
   bool open; /* with several workers: handed out, and the host still waits for it */
   int wake;  /* with several workers: eventfd that its waiter polls */
   char request_id[40];
   char invocation_id[40]; /* of this attempt only; a retry has the same request id */
   bool refused_as_too_large;
   bool has_answer;
   struct runtime_answer answer;
};

/* How many timed-out invocations are remembered, to recognise their late answers. */
#define RUNTIME_LATE_MAX 256

struct runtime_api {
   struct violations *violations;
   int wake;
   struct MHD_Daemon *daemon;
   struct MHD_Response *accepted;
   unsigned port;
   const struct function_config *config;
   unsigned workers; /* invocations that may be open at once */

   pthread_mutex_t lock; /* protects all below */
   enum runtime_phase phase;
   int64_t since_us;
   bool closing;
   bool host_ends; /* the host ends the process, at its time limit or with its environment */
   bool asked;     /* an event was asked for: after that nobody can register */
   bool given;     /* an event was handed out: init is over */
   unsigned open_connections;
   struct runtime_call *waiting; /* room for one of each worker; the longest-waiting first */
   unsigned waiting_count;
   struct runtime_call answering; /* with one worker: the answer, once it has begun */
   struct {
      bool served; /* the function has SnapStart */
      bool done;   /* restore/next was answered */
      struct runtime_call waiting;
   } restore;
   struct extensions extensions;
   char *extension_event;           /* the event in the form for extensions */
   struct MHD_Response *event;      /* with one worker: the newest, which it may ask for again */
   struct runtime_slot *slots;      /* one for each worker */
   char late[RUNTIME_LATE_MAX][40]; /* with several workers: ids that timed out; a ring */
   unsigned late_next;
};

/* Tells the host of the new phase. */
void runtime_state_enter(struct runtime_api *api, enum runtime_phase phase);

/* True if the function has closed the connection because it gave up waiting. libmicrohttpd does not notice that while
 * the connection is suspended. */
bool runtime_state_is_closed(struct MHD_Connection *connection);

#define REPLY_NO_MEMORY "{\"errorMessage\":\"no memory for the request\",\"errorType\":\"InternalServerError\"}\n"

#define REPLY_REQUEST_ID "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n"
#define REPLY_TIMED_OUT "{\"errorMessage\":\"Invoke timeout\",\"errorType\":\"InvokeTimeout\"}\n"

/* Queues one response, and returns what the handler must return, as the next two do. body is JSON. */
enum MHD_Result runtime_reply(struct MHD_Connection *connection, unsigned status, const char *body);

/* The same with another header than the content type of JSON. */
enum MHD_Result runtime_reply_with(
   struct MHD_Connection *connection, unsigned status, const char *body, const char *name, const char *value);

/* 403: the runtime can't go from phase from to the state of that name. */
enum MHD_Result runtime_refuse_transition(struct MHD_Connection *connection, enum runtime_phase from, const char *to);

/* --- runtime_routes.c: calls to the Runtime API ------------------------------------------------------------------- */

/* Takes a whole request, or one that waited. */
enum MHD_Result runtime_route_dispatch(struct runtime_api *api,
                                       struct MHD_Connection *connection,
                                       struct runtime_request *request,
                                       const char *method,
                                       const char *path);

void runtime_route_resume_waiting(struct runtime_api *api);

/* Call when a request is over; does nothing if it did not wait. */
void runtime_route_forget(struct runtime_api *api, const struct runtime_request *request);

/* --- runtime_answers.c: response or error of an invocation, or a failed init -------------------------------------- */

enum MHD_Result
runtime_answer_take(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

/* The connection broke off before the request was whole. */
void
runtime_answer_break_off(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

enum MHD_Result runtime_answer_take_init_error(struct runtime_api *api,
                                               struct MHD_Connection *connection,
                                               struct runtime_request *request);

/* --- runtime_several.c: several events at once -------------------------------------------------------------------- */

/* How the Runtime API differs on Lambda Managed Instances: each worker makes its own call for the next event, and the
 * request id shows which invocation an answer belongs to. Follows AWS's emulator
 * (aws-lambda-runtime-interface-emulator, internal/lambda-managed-instances). */

enum MHD_Result
runtime_several_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

/* The invocation with that id, which may be over; NULL: none. */
struct runtime_slot *runtime_several_find(struct runtime_api *api, const char *request_id);

/* Refuses an answer to an invocation that is not open. */
enum MHD_Result runtime_several_refuse(struct runtime_api *api,
                                       struct MHD_Connection *connection,
                                       const struct runtime_request *request);

/* --- extension_routes.c: calls to the Extensions API, by internal extensions only --------------------------------- */

enum MHD_Result extension_route_register(struct runtime_api *api,
                                         struct MHD_Connection *connection,
                                         const struct runtime_request *request);

enum MHD_Result
extension_route_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request);

/* init/error and exit/error. */
enum MHD_Result extension_route_error(struct runtime_api *api,
                                      struct MHD_Connection *connection,
                                      const struct runtime_request *request);

/* logs and telemetry: accepted, but nothing is ever sent. */
enum MHD_Result extension_route_subscribe(struct MHD_Connection *connection, const struct runtime_request *request);

/* Returns the invocation's event in the form for extensions; free() it. Returns NULL when out of memory. */
char *extension_route_event(const struct runtime_event *event);
