#include "runtime_routes.h"

#include "clock.h"

#include <cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void
enter(struct runtime_api *api, enum runtime_phase phase)
{
   api->phase = phase;
   api->since_us = clock_now_us();
   /* The next event, asked for some µs later, wakes the host; sandbox_watch's own poll sees who asks for none. */
   if (phase == RUNTIME_ANSWERED) {
      return;
   }
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

/* --- answers to the function -------------------------------------------------------------------------------------- */

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

void
runtime_route_resume_waiting(struct runtime_api *api)
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
      runtime_route_resume_waiting(api);
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
   api->answer.length = request->body != NULL ? request->length : 0;
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
   if (request->no_memory) {
      return reply(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, NO_MEMORY_BODY);
   }
   if (request->too_large) {
      return reply(connection, MHD_HTTP_CONTENT_TOO_LARGE, TOO_LARGE_BODY);
   }
   error_type(api->answer.error_type, sizeof api->answer.error_type, connection, request);
   keep_answer(api, request, true);
   enter(api, RUNTIME_INIT_FAILED);
   return MHD_queue_response(connection, MHD_HTTP_ACCEPTED, api->accepted);
}

enum MHD_Result
runtime_route_dispatch(struct runtime_api *api,
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
