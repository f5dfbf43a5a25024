#include "runtime_state.h"

#include "base64.h"
#include "clock.h"
#include "function.h"
#include "thread.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODE_BODY \
   "{\"errorMessage\":\"Invalid function response mode\",\"errorType\":\"InvalidFunctionResponseMode\"}\n"
#define TOO_LARGE_BODY                                                             \
   "{\"errorMessage\":\"Exceeded maximum allowed payload size (6291556 bytes).\"," \
   "\"errorType\":\"RequestEntityTooLarge\"}\n"
#define TOO_LARGE_PAYLOAD                                                                                        \
   "{\"errorType\":\"Function.ResponseSizeTooLarge\",\"errorMessage\":\"Response payload size exceeded maximum " \
   "allowed payload size (6291556 bytes).\"}"
#define MODE_PAYLOAD                                                                                                \
   "{\"errorType\":\"Runtime.InvalidResponseModeHeader\",\"errorMessage\":\"Lambda-Runtime-Function-Response-Mode " \
   "may be streaming only.\"}"

#define TRUNCATED_PAYLOAD                                                                                           \
   "{\"errorType\":\"Runtime.TruncatedResponse\",\"errorMessage\":\"The connection was closed within the response " \
   "stream.\"}"

static const char *
header(struct MHD_Connection *connection, const char *name)
{
   return http_daemon_header(connection, name, NULL);
}

/* Takes the type from the header, or else from the error itself. */
static void
set_error_type(struct runtime_answer *answer, struct MHD_Connection *connection, const struct runtime_request *request)
{
   const char *named = header(connection, "Lambda-Runtime-Function-Error-Type");
   cJSON *error = named == NULL && request->body != NULL ? cJSON_ParseWithLength(request->body, request->length) : NULL;
   if (error != NULL) {
      named = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, "errorType"));
   }
   snprintf(answer->error_type, sizeof answer->error_type, "%s", named != NULL ? named : "Runtime.Unknown");
   cJSON_Delete(error);
}

static void
keep(struct runtime_slot *slot, struct runtime_request *request, bool failed)
{
   free(slot->answer.payload);
   slot->answer.failed = failed;
   slot->answer.payload = request->body != NULL ? request->body : strdup("");
   slot->answer.length = request->body != NULL ? request->length : 0;
   slot->answer.at_us = clock_now_us();
   request->body = NULL;
   slot->has_answer = slot->answer.payload != NULL;
}

/* Replaces what was posted; payload is a literal. */
static void
keep_error(struct runtime_slot *slot, struct runtime_request *request, const char *type, const char *payload)
{
   free(request->body);
   request->body = strdup(payload);
   request->length = strlen(payload);
   snprintf(slot->answer.error_type, sizeof slot->answer.error_type, "%s", type);
   keep(slot, request, true);
}

/* Returns the invocation that is being answered, or NULL if it is not open. */
static struct runtime_slot *
find_open(struct runtime_api *api, const struct runtime_request *request)
{
   if (api->workers > 1) {
      struct runtime_slot *slot = runtime_several_find(api, request->request_id);
      return slot != NULL && slot->open && !slot->has_answer ? slot : NULL;
   }
   struct runtime_slot *only = &api->slots[0];
   return api->phase == RUNTIME_BUSY && strcmp(request->request_id, only->request_id) == 0 ? only : NULL;
}

/* Tells the host that the answer is there. */
static void
end_invocation(struct runtime_api *api, struct runtime_slot *slot)
{
   if (api->workers > 1) {
      wakeup_send(slot->wake);
   } else {
      runtime_state_enter(api, RUNTIME_ANSWERED);
   }
}

static enum MHD_Result
refuse(struct runtime_api *api, struct MHD_Connection *connection, const struct runtime_request *request)
{
   if (api->workers > 1) {
      return runtime_several_refuse(api, connection, request);
   }
   const char *what = request->route == ROUTE_ERROR ? "error" : "response";
   const struct runtime_slot *only = &api->slots[0];
   if (only->request_id[0] == '\0' || strcmp(request->request_id, only->request_id) != 0) {
      violations_add(api->violations,
                     "posted the %s of request %s, but its request is %s",
                     what,
                     request->request_id,
                     api->phase == RUNTIME_BUSY ? only->request_id : "none");
      return runtime_reply(connection, MHD_HTTP_BAD_REQUEST, REPLY_REQUEST_ID);
   }
   /* After a 413 a function may well report the reason: AWS documents no other way, but refuses it. */
   if (!(only->refused_as_too_large && request->route == ROUTE_ERROR)) {
      violations_add(api->violations, "answered request %s twice, the second time by its %s", only->request_id, what);
   }
   return runtime_refuse_transition(
      connection, api->phase, request->route == ROUTE_ERROR ? "InvocationErrorResponse" : "InvocationResponse");
}

/* Since July 2026 a runtime sends back which attempt its answer is for. Otherwise the answer of a timed-out attempt
 * could be taken for its retry's, which has the same request id. AWS's emulator refuses an id that does not match in
 * the same way (aws-lambda-runtime-interface-emulator, lambda-managed-instances/invoke/running_invoke.go and
 * rapi/handler/invocationresponse.go). Older runtimes send no id, and are not checked. */
static bool
is_of_another_attempt(struct runtime_api *api,
                      const struct runtime_slot *slot,
                      struct MHD_Connection *connection,
                      const struct runtime_request *request)
{
   const char *sent = header(connection, "Lambda-Runtime-Invocation-Id");
   if (sent == NULL || strcmp(sent, slot->invocation_id) == 0) {
      return false;
   }
   violations_add(api->violations,
                  "posted the %s of request %s with Lambda-Runtime-Invocation-Id %.100s; the open invocation's is %s",
                  request->route == ROUTE_ERROR ? "error" : "response",
                  slot->request_id,
                  sent,
                  slot->invocation_id);
   return true;
}

static const char *
trailer(struct MHD_Connection *connection, const char *name)
{
   const char *value = MHD_lookup_connection_value(connection, MHD_FOOTER_KIND, name);
   return value != NULL ? value : "";
}

/* A function that fails after it has sent part of a streaming response says so in the trailers of its last chunk: the
 * type, and in base64 the error as it would be posted to /error
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, "Implementing response streaming in a custom
 * runtime"). For a whole request. Returns true when its trailers report an error: then type is set, and the error
 * replaces the request's body. */
static bool
take_trailers(struct MHD_Connection *connection, struct runtime_request *request, char *type, size_t size)
{
   const char *named = trailer(connection, "Lambda-Runtime-Function-Error-Type");
   if (named[0] == '\0') {
      return false;
   }
   snprintf(type, size, "%s", named);
   size_t length = 0;
   char *error = base64_decode(trailer(connection, "Lambda-Runtime-Function-Error-Body"), &length);
   if (error == NULL || length == 0) {
      free(error);
      error = json_of_two("errorType", type, "errorMessage", "The function ended its response with an error.");
      length = error != NULL ? strlen(error) : 0;
   }
   free(request->body);
   request->body = error;
   request->length = length;
   return true;
}

static enum MHD_Result
take_response(struct runtime_api *api,
              struct runtime_slot *slot,
              struct MHD_Connection *connection,
              struct runtime_request *request)
{
   const char *mode = header(connection, "Lambda-Runtime-Function-Response-Mode");
   if (mode != NULL && mode[0] != '\0' && strcmp(mode, "streaming") != 0) {
      violations_add(
         api->violations,
         "answered request %s with Lambda-Runtime-Function-Response-Mode: %.100s; only \"streaming\" is allowed",
         slot->request_id,
         mode);
      keep_error(slot, request, "Runtime.InvalidResponseModeHeader", MODE_PAYLOAD);
      return runtime_reply(connection, MHD_HTTP_BAD_REQUEST, MODE_BODY);
   }
   bool failed = take_trailers(connection, request, slot->answer.error_type, sizeof slot->answer.error_type);
   keep(slot, request, failed);
   return MHD_queue_response(connection, MHD_HTTP_ACCEPTED, api->accepted);
}

enum MHD_Result
runtime_answer_take(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   struct runtime_slot *slot = find_open(api, request);
   if (slot == NULL) {
      return refuse(api, connection, request);
   }
   if (is_of_another_attempt(api, slot, connection, request)) {
      return runtime_reply(connection, MHD_HTTP_GONE, REPLY_TIMED_OUT);
   }
   if (request->no_memory) {
      return runtime_reply(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, REPLY_NO_MEMORY);
   }
   enum MHD_Result queued;
   slot->answer.error_type[0] = '\0';
   if (request->too_large) {
      queued = runtime_reply(connection, MHD_HTTP_CONTENT_TOO_LARGE, TOO_LARGE_BODY);
      slot->refused_as_too_large = true;
      keep_error(slot, request, "Function.ResponseSizeTooLarge", TOO_LARGE_PAYLOAD);
   } else if (request->route == ROUTE_RESPONSE) {
      queued = take_response(api, slot, connection, request);
   } else {
      set_error_type(&slot->answer, connection, request);
      queued = MHD_queue_response(connection, MHD_HTTP_ACCEPTED, api->accepted);
      keep(slot, request, true);
   }
   end_invocation(api, slot);
   return queued;
}

void
runtime_answer_break_off(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (request->broken_off || api->host_ends) {
      return;
   }
   request->broken_off = true;
   violations_add(
      api->violations, "closed the connection in the middle of its answer to request %s", request->request_id);
   /* Lambda can't take back the part of a stream that it has passed on. After any other broken answer, the function may
    * send another. */
   const char *mode = header(connection, "Lambda-Runtime-Function-Response-Mode");
   struct runtime_slot *slot = find_open(api, request);
   if (request->route == ROUTE_RESPONSE && slot != NULL && mode != NULL && strcmp(mode, "streaming") == 0) {
      keep_error(slot, request, "Runtime.TruncatedResponse", TRUNCATED_PAYLOAD);
      end_invocation(api, slot);
   }
}

enum MHD_Result
runtime_answer_take_init_error(struct runtime_api *api,
                               struct MHD_Connection *connection,
                               struct runtime_request *request)
{
   if (api->phase != RUNTIME_STARTING) {
      violations_add(api->violations, "posted to init/error after its init");
      return runtime_refuse_transition(connection, api->phase, "InitError");
   }
   if (request->no_memory) {
      return runtime_reply(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, REPLY_NO_MEMORY);
   }
   if (request->too_large) {
      return runtime_reply(connection, MHD_HTTP_CONTENT_TOO_LARGE, TOO_LARGE_BODY);
   }
   set_error_type(&api->slots[0].answer, connection, request);
   keep(&api->slots[0], request, true);
   runtime_state_enter(api, RUNTIME_INIT_FAILED);
   return MHD_queue_response(connection, MHD_HTTP_ACCEPTED, api->accepted);
}
