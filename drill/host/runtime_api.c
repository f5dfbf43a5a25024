#include "runtime_api.h"

#include "clock.h"
#include "runtime_request.h"

#include <arpa/inet.h>
#include <cJSON.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
/* Bodies are read in pieces of about this size. */
#define CONNECTION_MEMORY (256 * 1024)
#define SETTLE_MAX_MS 200

#define TRANSITION_BODY                                                                                               \
   "{\"errorMessage\":\"State transition from %s to %s failed for runtime. Error: State transition is not allowed\"," \
   "\"errorType\":\"InvalidStateTransition\"}\n"
#define REQUEST_ID_BODY "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n"
#define TOO_LARGE_BODY                                                             \
   "{\"errorMessage\":\"Exceeded maximum allowed payload size (6291556 bytes).\"," \
   "\"errorType\":\"RequestEntityTooLarge\"}\n"
#define TOO_LARGE_PAYLOAD                                                                                        \
   "{\"errorType\":\"Function.ResponseSizeTooLarge\",\"errorMessage\":\"Response payload size exceeded maximum " \
   "allowed payload size (6291556 bytes).\"}"
#define NOT_FOUND_BODY "404 page not found\n"
#define NO_MEMORY_BODY "{\"errorMessage\":\"no memory for the request\",\"errorType\":\"InternalServerError\"}\n"

struct runtime_api {
   struct violations *violations;
   int wake;
   struct MHD_Daemon *daemon;
   struct MHD_Response *accepted;
   unsigned port;

   pthread_mutex_t lock; /* of all below */
   enum runtime_phase phase;
   int64_t since_us;
   bool closing;
   unsigned open_connections;
   struct MHD_Connection *waiting; /* suspended, with */
   struct runtime_request *waiting_request;
   struct MHD_Response *event; /* handed out, with this id */
   char request_id[40];
   bool refused_as_too_large;
   bool has_answer;
   struct runtime_answer answer;
};

static void
enter(struct runtime_api *api, enum runtime_phase phase)
{
   api->phase = phase;
   api->since_us = clock_now_us();
   const uint64_t one = 1;
   while (write(api->wake, &one, sizeof one) < 0 && errno == EINTR) {
   }
}

/* The emulator's names. */
static const char *
state_name(enum runtime_phase phase)
{
   switch (phase) {
   case RUNTIME_STARTING:
      return "RuntimeStarted";
   case RUNTIME_INIT_FAILED:
      return "RuntimeInitError";
   case RUNTIME_WAITING:
      return "Ready";
   case RUNTIME_BUSY:
      return "Running";
   case RUNTIME_ANSWERED:
      return "RuntimeResponseSentState";
   }
   return "";
}

/* --- answers to the function ------------------------------------------------------------------------------------- */

static enum MHD_Result
reply_with(
   struct MHD_Connection *connection, unsigned status, const char *body, const char *header_name, const char *value)
{
   struct MHD_Response *response =
      MHD_create_response_from_buffer(strlen(body), (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
   if (response == NULL) {
      return MHD_NO;
   }
   MHD_add_response_header(response, header_name, value);
   enum MHD_Result queued = MHD_queue_response(connection, status, response);
   MHD_destroy_response(response);
   return queued;
}

static enum MHD_Result
reply(struct MHD_Connection *connection, unsigned status, const char *body)
{
   return reply_with(connection, status, body, "Content-Type", "application/json");
}

static enum MHD_Result
refuse_transition(struct MHD_Connection *connection, enum runtime_phase from, const char *to)
{
   char body[256];
   snprintf(body, sizeof body, TRANSITION_BODY, state_name(from), to);
   return reply(connection, MHD_HTTP_FORBIDDEN, body);
}

/* A function that gave up waiting has closed its connection, which can't be seen while it is suspended. */
static bool
is_closed(struct MHD_Connection *connection)
{
   const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
   char byte;
   return info != NULL && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void
resume_waiting(struct runtime_api *api)
{
   if (api->waiting != NULL) {
      api->waiting_request->resumed = true;
      MHD_resume_connection(api->waiting);
      api->waiting = NULL;
      api->waiting_request = NULL;
   }
}

static void
wait_for_event(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (api->waiting != NULL) {
      if (!is_closed(api->waiting)) {
         violations_add(api->violations, "asked for the next event twice at once, on two connections");
      }
      resume_waiting(api);
   }
   api->waiting = connection;
   api->waiting_request = request;
   request->waits = true;
   MHD_suspend_connection(connection);
   enter(api, RUNTIME_WAITING);
}

static enum MHD_Result
answer_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (request->resumed) {
      if (api->closing || api->event == NULL) {
         return MHD_NO;
      }
      return MHD_queue_response(connection, MHD_HTTP_OK, api->event);
   }
   if (request->waits || api->closing) {
      return api->closing ? MHD_NO : MHD_YES;
   }
   if (api->phase == RUNTIME_INIT_FAILED) {
      violations_add(api->violations, "asked for an event after it had posted to init/error");
      return refuse_transition(connection, api->phase, "Ready");
   }
   if (api->phase == RUNTIME_BUSY) {
      /* AWS's emulator hands out the same event again. */
      violations_add(api->violations, "asked for the next event before it had answered request %s", api->request_id);
      return MHD_queue_response(connection, MHD_HTTP_OK, api->event);
   }
   wait_for_event(api, connection, request);
   return MHD_YES;
}

static const char *
header(struct MHD_Connection *connection, const char *name)
{
   return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* The header's, else the error's own. */
static void
error_type(char *type, size_t size, struct MHD_Connection *connection, const struct runtime_request *request)
{
   const char *named = header(connection, "Lambda-Runtime-Function-Error-Type");
   cJSON *error = named == NULL && request->body != NULL ? cJSON_ParseWithLength(request->body, request->length) : NULL;
   if (error != NULL) {
      named = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, "errorType"));
   }
   snprintf(type, size, "%s", named != NULL ? named : "Runtime.Unknown");
   cJSON_Delete(error);
}

static void
keep_answer(struct runtime_api *api, struct runtime_request *request, bool failed)
{
   free(api->answer.payload);
   api->answer.failed = failed;
   api->answer.payload = request->body != NULL ? request->body : strdup("");
   api->answer.length = request->length;
   api->answer.at_us = clock_now_us();
   request->body = NULL;
   api->has_answer = api->answer.payload != NULL;
}

static enum MHD_Result
refuse_answer(struct runtime_api *api, struct MHD_Connection *connection, const struct runtime_request *request)
{
   const char *what = request->route == ROUTE_ERROR ? "error" : "response";
   if (api->request_id[0] == '\0' || strcmp(request->request_id, api->request_id) != 0) {
      violations_add(api->violations,
                     "posted the %s of request %s, which is not the one it has (%s)",
                     what,
                     request->request_id,
                     api->phase == RUNTIME_BUSY ? api->request_id : "none");
      return reply(connection, MHD_HTTP_BAD_REQUEST, REQUEST_ID_BODY);
   }
   /* After a 413 it may well say what was wrong: AWS names no other way, yet refuses it. */
   if (!(api->refused_as_too_large && request->route == ROUTE_ERROR)) {
      violations_add(api->violations, "answered request %s twice, the second time by its %s", api->request_id, what);
   }
   return refuse_transition(
      connection, api->phase, request->route == ROUTE_ERROR ? "InvocationErrorResponse" : "InvocationResponse");
}

static enum MHD_Result
take_answer(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (api->phase != RUNTIME_BUSY || strcmp(request->request_id, api->request_id) != 0) {
      return refuse_answer(api, connection, request);
   }
   if (request->no_memory) {
      return reply(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, NO_MEMORY_BODY);
   }
   enum MHD_Result queued;
   api->answer.error_type[0] = '\0';
   if (request->too_large) {
      free(request->body);
      request->body = strdup(TOO_LARGE_PAYLOAD);
      request->length = sizeof TOO_LARGE_PAYLOAD - 1;
      snprintf(api->answer.error_type, sizeof api->answer.error_type, "Function.ResponseSizeTooLarge");
      queued = reply(connection, MHD_HTTP_CONTENT_TOO_LARGE, TOO_LARGE_BODY);
      api->refused_as_too_large = true;
      keep_answer(api, request, true);
   } else {
      if (request->route == ROUTE_ERROR) {
         error_type(api->answer.error_type, sizeof api->answer.error_type, connection, request);
      }
      queued = MHD_queue_response(connection, MHD_HTTP_ACCEPTED, api->accepted);
      keep_answer(api, request, request->route == ROUTE_ERROR);
   }
   enter(api, RUNTIME_ANSWERED);
   return queued;
}

static enum MHD_Result
take_init_error(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (api->phase != RUNTIME_STARTING) {
      violations_add(api->violations, "posted to init/error after its init");
      return refuse_transition(connection, api->phase, "InitError");
   }
   if (request->too_large) {
      return reply(connection, MHD_HTTP_CONTENT_TOO_LARGE, TOO_LARGE_BODY);
   }
   error_type(api->answer.error_type, sizeof api->answer.error_type, connection, request);
   keep_answer(api, request, true);
   enter(api, RUNTIME_INIT_FAILED);
   return MHD_queue_response(connection, MHD_HTTP_ACCEPTED, api->accepted);
}

/* --- libmicrohttpd's callbacks, in its thread -----------------------------------------------------------------------
 */

static enum MHD_Result
dispatch(struct runtime_api *api,
         struct MHD_Connection *connection,
         struct runtime_request *request,
         const char *method,
         const char *path)
{
   switch (request->route) {
   case ROUTE_NEXT:
      return answer_next(api, connection, request);
   case ROUTE_RESPONSE:
   case ROUTE_ERROR:
      return take_answer(api, connection, request);
   case ROUTE_INIT_ERROR:
      return take_init_error(api, connection, request);
   case ROUTE_UNKNOWN_METHOD:
      violations_add(api->violations, "called %.20s %.200s, which has no such method", method, path);
      return reply_with(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "", "Allow", runtime_request_allowed(path));
   case ROUTE_UNKNOWN_PATH:
      break;
   }
   violations_add(api->violations, "called %.20s %.200s, which the Runtime API does not have", method, path);
   return reply_with(connection, MHD_HTTP_NOT_FOUND, NOT_FOUND_BODY, "Content-Type", "text/plain; charset=utf-8");
}

static enum MHD_Result
on_request(void *context,
           struct MHD_Connection *connection,
           const char *path,
           const char *method,
           const char *version,
           const char *data,
           size_t *length,
           void **state)
{
   (void)version;
   struct runtime_api *api = context;
   struct runtime_request *request = *state;
   if (request == NULL) {
      *state = request = runtime_request_new(method, path);
      if (request == NULL) {
         return MHD_NO;
      }
      runtime_request_expect(request, header(connection, "Content-Length"), RUNTIME_ANSWER_MAX);
      return MHD_YES;
   }
   if (*length > 0) {
      runtime_request_add(request, data, *length, RUNTIME_ANSWER_MAX);
      *length = 0;
      return MHD_YES;
   }
   pthread_mutex_lock(&api->lock);
   enum MHD_Result result = dispatch(api, connection, request, method, path);
   pthread_mutex_unlock(&api->lock);
   return result;
}

static void
on_request_end(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode reason)
{
   (void)connection;
   struct runtime_api *api = context;
   struct runtime_request *request = *state;
   pthread_mutex_lock(&api->lock);
   bool posts = request != NULL && (request->route == ROUTE_RESPONSE || request->route == ROUTE_ERROR);
   if (posts && reason == MHD_REQUEST_TERMINATED_CLIENT_ABORT && !api->closing && !api->has_answer) {
      violations_add(api->violations, "closed the connection within its answer to request %s", request->request_id);
   }
   if (request != NULL && api->waiting_request == request) {
      api->waiting = NULL;
      api->waiting_request = NULL;
   }
   pthread_mutex_unlock(&api->lock);
   runtime_request_destroy(request);
   *state = NULL;
}

static void
on_connection(void *context,
              struct MHD_Connection *connection,
              void **state,
              enum MHD_ConnectionNotificationCode notification)
{
   (void)connection;
   (void)state;
   struct runtime_api *api = context;
   pthread_mutex_lock(&api->lock);
   if (notification == MHD_CONNECTION_NOTIFY_STARTED) {
      api->open_connections++;
   } else {
      api->open_connections--;
   }
   pthread_mutex_unlock(&api->lock);
}

/* --- the host's -----------------------------------------------------------------------------------------------------
 */

struct runtime_api *
runtime_api_new(struct violations *violations, int wake, struct drill_error *error)
{
   struct runtime_api *api = calloc(1, sizeof *api);
   if (api == NULL) {
      drill_error_set(error, "expected memory for the Runtime API, found none");
      return NULL;
   }
   api->violations = violations;
   api->wake = wake;
   pthread_mutex_init(&api->lock, NULL);
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   static char ok[] = "{\"status\":\"OK\"}\n";
   api->accepted = MHD_create_response_from_buffer(sizeof ok - 1, ok, MHD_RESPMEM_PERSISTENT);
   unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
   if (api->accepted != NULL && MHD_add_response_header(api->accepted, "Content-Type", "application/json")) {
      api->daemon = MHD_start_daemon(flags,
                                     0,
                                     NULL,
                                     NULL,
                                     on_request,
                                     api,
                                     MHD_OPTION_SOCK_ADDR,
                                     (struct sockaddr *)&address,
                                     MHD_OPTION_CONNECTION_LIMIT,
                                     (unsigned)CONNECTIONS_MAX,
                                     MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                     (size_t)CONNECTION_MEMORY,
                                     MHD_OPTION_NOTIFY_COMPLETED,
                                     on_request_end,
                                     api,
                                     MHD_OPTION_NOTIFY_CONNECTION,
                                     on_connection,
                                     api,
                                     MHD_OPTION_END);
   }
   const union MHD_DaemonInfo *info =
      api->daemon != NULL ? MHD_get_daemon_info(api->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
   if (info == NULL) {
      drill_error_set(error, "expected a port of 127.0.0.1 for the Runtime API, found: %s", strerror(errno));
      runtime_api_destroy(api);
      return NULL;
   }
   api->port = info->port;
   return api;
}

void
runtime_api_destroy(struct runtime_api *api)
{
   if (api == NULL) {
      return;
   }
   pthread_mutex_lock(&api->lock);
   api->closing = true;
   resume_waiting(api); /* libmicrohttpd does not stop with a connection suspended */
   pthread_mutex_unlock(&api->lock);
   if (api->daemon != NULL) {
      MHD_stop_daemon(api->daemon);
   }
   if (api->accepted != NULL) {
      MHD_destroy_response(api->accepted);
   }
   if (api->event != NULL) {
      MHD_destroy_response(api->event);
   }
   free(api->answer.payload);
   pthread_mutex_destroy(&api->lock);
   free(api);
}

unsigned
runtime_api_port(const struct runtime_api *api)
{
   return api->port;
}

enum runtime_phase
runtime_api_phase(struct runtime_api *api, int64_t *since_us)
{
   pthread_mutex_lock(&api->lock);
   enum runtime_phase phase = api->phase;
   if (since_us != NULL) {
      *since_us = api->since_us;
   }
   pthread_mutex_unlock(&api->lock);
   return phase;
}

static struct MHD_Response *
event_response(const struct runtime_event *event)
{
   struct MHD_Response *response =
      MHD_create_response_from_buffer(event->length, (void *)(uintptr_t)event->body, MHD_RESPMEM_MUST_COPY);
   if (response == NULL) {
      return NULL;
   }
   char deadline[24];
   snprintf(deadline, sizeof deadline, "%lld", (long long)event->deadline_ms);
   const struct {
      const char *name;
      const char *value;
   } headers[] = {
      {"Content-Type", "application/json"},
      {"Lambda-Runtime-Aws-Request-Id", event->request_id},
      {"Lambda-Runtime-Deadline-Ms", deadline},
      {"Lambda-Runtime-Invoked-Function-Arn", event->function_arn},
      {"Lambda-Runtime-Trace-Id", event->trace_id},
      {"Lambda-Runtime-Client-Context", event->client_context},
      {"Lambda-Runtime-Cognito-Identity", event->cognito_identity},
   };
   for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
      if (headers[i].value != NULL && !MHD_add_response_header(response, headers[i].name, headers[i].value)) {
         MHD_destroy_response(response);
         return NULL;
      }
   }
   return response;
}

int
runtime_api_hand_out(struct runtime_api *api, const struct runtime_event *event, struct drill_error *error)
{
   struct MHD_Response *response = event_response(event);
   if (response == NULL) {
      drill_error_set(error, "expected memory for an event of %zu bytes, found none", event->length);
      return -1;
   }
   pthread_mutex_lock(&api->lock);
   if (api->event != NULL) {
      MHD_destroy_response(api->event);
   }
   api->event = response;
   memcpy(api->request_id, event->request_id, sizeof api->request_id);
   api->refused_as_too_large = false;
   api->phase = RUNTIME_BUSY;
   api->since_us = clock_now_us();
   resume_waiting(api);
   pthread_mutex_unlock(&api->lock);
   return 0;
}

bool
runtime_api_take_answer(struct runtime_api *api, struct runtime_answer *answer)
{
   pthread_mutex_lock(&api->lock);
   bool taken = api->has_answer;
   if (taken) {
      *answer = api->answer;
      api->answer.payload = NULL;
      api->has_answer = false;
   }
   pthread_mutex_unlock(&api->lock);
   return taken;
}

void
runtime_api_settle(struct runtime_api *api)
{
   const struct timespec pause = {.tv_nsec = 1000000};
   for (int waited_ms = 0; waited_ms < SETTLE_MAX_MS; waited_ms++) {
      pthread_mutex_lock(&api->lock);
      bool settled = api->open_connections <= (api->waiting != NULL ? 1u : 0u);
      pthread_mutex_unlock(&api->lock);
      if (settled) {
         return;
      }
      nanosleep(&pause, NULL);
   }
}
