#include "invoke_api.h"

#include "base64.h"
#include "invoke_queue.h"
#include "loopback.h"
#include "runtime_api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define PATH_START "/2015-03-31/functions/"
#define PATH_END "/invocations"
#define CONNECTIONS_MAX 256

struct invoke_api {
   struct environment *environment;
   struct invoke_queue *queue;
   FILE *log;
   struct MHD_Daemon *daemon;
   unsigned port;
};

struct body {
   char *text;
   size_t length;
   size_t room;
   bool too_large;
   bool no_memory;
};

/* --- the request -------------------------------------------------------------------------------------------------- */

static void
body_add(struct body *body, const char *data, size_t length)
{
   if (body->too_large || body->length + length > RUNTIME_EVENT_MAX) {
      body->too_large = true;
      return;
   }
   size_t wanted = body->length + length;
   if (wanted > body->room) {
      char *text = realloc(body->text, wanted * 2);
      if (text == NULL) {
         body->no_memory = true;
         return;
      }
      body->text = text;
      body->room = wanted * 2;
   }
   memcpy(body->text + body->length, data, length);
   body->length = wanted;
}

static const char *
header(struct MHD_Connection *connection, const char *name, const char *otherwise)
{
   const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
   return value != NULL ? value : otherwise;
}

static bool
is_invocation(const char *path)
{
   size_t length = strlen(path);
   size_t start = sizeof PATH_START - 1;
   size_t end = sizeof PATH_END - 1;
   return length > start + end && strncmp(path, PATH_START, start) == 0 && strcmp(path + length - end, PATH_END) == 0 &&
          memchr(path + start, '/', length - start - end) == NULL;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

static enum MHD_Result
send_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
   if (response == NULL) {
      return MHD_NO;
   }
   enum MHD_Result queued = MHD_queue_response(connection, status, response);
   MHD_destroy_response(response);
   return queued;
}

static struct MHD_Response *
response_of(const char *body, size_t length)
{
   struct MHD_Response *response =
      MHD_create_response_from_buffer(length, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
   if (response != NULL && length > 0) {
      MHD_add_response_header(response, "Content-Type", "application/json");
   }
   return response;
}

/* As AWS's services tell errors of their own: the client raises the type of the header. */
static enum MHD_Result
refuse(struct MHD_Connection *connection, unsigned status, const char *type, const char *message)
{
   char body[1400];
   int length =
      snprintf(body, sizeof body, "{\"Type\":\"%s\",\"message\":\"%s\"}", status < 500 ? "User" : "Service", message);
   struct MHD_Response *response = response_of(body, length > 0 ? (size_t)length : 0);
   if (response != NULL) {
      MHD_add_response_header(response, "X-Amzn-ErrorType", type);
   }
   return send_response(connection, status, response);
}

static void
add_number(struct MHD_Response *response, const char *name, double number)
{
   char text[32];
   snprintf(text, sizeof text, "%.3f", number);
   MHD_add_response_header(response, name, text);
}

static enum MHD_Result
send_result(struct MHD_Connection *connection, const struct invocation_result *result, bool with_log)
{
   struct MHD_Response *response = response_of(result->payload, result->payload_length);
   if (response == NULL) {
      return MHD_NO;
   }
   MHD_add_response_header(response, "X-Amzn-RequestId", result->request_id);
   MHD_add_response_header(response, "X-Amz-Executed-Version", "$LATEST");
   if (result->outcome != INVOCATION_ANSWERED) {
      MHD_add_response_header(response, "X-Amz-Function-Error", "Unhandled");
   }
   if (result->thawed_us != 0) {
      add_number(response, "X-Faas-Frozen-Ms", result->frozen_ms);
      add_number(response, "X-Faas-Frozen-Cpu-Ms", result->frozen_cpu_ms);
   }
   if (with_log && result->log_tail != NULL) {
      char *encoded = base64_encode(result->log_tail, strlen(result->log_tail));
      if (encoded != NULL) {
         MHD_add_response_header(response, "X-Amz-Log-Result", encoded);
      }
      free(encoded);
   }
   return send_response(connection, MHD_HTTP_OK, response);
}

static enum MHD_Result
invoke(struct invoke_api *api, struct MHD_Connection *connection, const struct body *body)
{
   const char *encoded = header(connection, "X-Amz-Client-Context", NULL);
   size_t context_length = 0;
   char *client_context = encoded != NULL ? base64_decode(encoded, &context_length) : NULL;
   if (encoded != NULL && (client_context == NULL || strlen(client_context) != context_length)) {
      free(client_context);
      return refuse(connection,
                    MHD_HTTP_BAD_REQUEST,
                    "InvalidRequestContentException",
                    "expected X-Amz-Client-Context to be a text in base64");
   }
   const struct invoker_context context = {
      .client_context = client_context,
      .cognito_identity = header(connection, "X-Amz-Cognito-Identity", NULL),
      .trace_id = header(connection, "X-Amzn-Trace-Id", NULL),
   };
   struct invocation_result result;
   struct drill_error error;
   int failed =
      invoke_queue_run(api->queue, body->text != NULL ? body->text : "", body->length, &context, &result, &error);
   free(client_context);
   if (failed != 0) {
      fprintf(api->log, "faas-lambda-host: %s\n", error.message);
      return refuse(
         connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "ServiceException", "the host could not go on: see its log");
   }
   if (result.violations != NULL) {
      fprintf(api->log, "against the Runtime API: %s\n", result.violations);
   }
   bool with_log = strcasecmp(header(connection, "X-Amz-Log-Type", "None"), "Tail") == 0;
   enum MHD_Result queued = send_result(connection, &result, with_log);
   invocation_result_clear(&result);
   return queued;
}

static enum MHD_Result
answer(struct invoke_api *api,
       struct MHD_Connection *connection,
       const char *path,
       const char *method,
       const struct body *body)
{
   if (!is_invocation(path)) {
      return refuse(connection,
                    MHD_HTTP_NOT_FOUND,
                    "ResourceNotFoundException",
                    "expected the path /2015-03-31/functions/NAME/invocations");
   }
   if (strcmp(method, "POST") != 0) {
      return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "MethodNotAllowedException", "expected the method POST");
   }
   if (body->too_large) {
      return refuse(connection,
                    MHD_HTTP_CONTENT_TOO_LARGE,
                    "RequestTooLargeException",
                    "Request must be smaller than 6291456 bytes for the InvokeFunction operation");
   }
   if (body->no_memory) {
      return refuse(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "ServiceException", "no memory for the event");
   }
   const char *type = header(connection, "X-Amz-Invocation-Type", "RequestResponse");
   if (strcmp(type, "RequestResponse") == 0) {
      return invoke(api, connection, body);
   }
   if (strcmp(type, "DryRun") == 0) {
      return send_response(connection, MHD_HTTP_NO_CONTENT, response_of("", 0));
   }
   if (strcmp(type, "Event") != 0) {
      return refuse(connection,
                    MHD_HTTP_BAD_REQUEST,
                    "InvalidParameterValueException",
                    "expected X-Amz-Invocation-Type to be RequestResponse, Event or DryRun");
   }
   if (!invoke_queue_add(api->queue, body->text, body->length)) {
      return refuse(connection, MHD_HTTP_TOO_MANY_REQUESTS, "TooManyRequestsException", "Rate Exceeded.");
   }
   return send_response(connection, MHD_HTTP_ACCEPTED, response_of("", 0));
}

/* --- libmicrohttpd's callbacks, in a thread for each connection --------------------------------------------------- */

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
   struct body *body = *state;
   if (body == NULL) {
      *state = calloc(1, sizeof *body);
      return *state != NULL ? MHD_YES : MHD_NO;
   }
   if (*length > 0) {
      body_add(body, data, *length);
      *length = 0;
      return MHD_YES;
   }
   return answer(context, connection, path, method, body);
}

static void
on_request_end(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode reason)
{
   (void)context;
   (void)connection;
   (void)reason;
   struct body *body = *state;
   if (body != NULL) {
      free(body->text);
      free(body);
   }
   *state = NULL;
}

/* --- its life ----------------------------------------------------------------------------------------------------- */

static struct MHD_Daemon *
listen_on(struct invoke_api *api, unsigned short port)
{
   struct sockaddr_in address = loopback_address(port);
   unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
   return MHD_start_daemon(flags,
                           port,
                           NULL,
                           NULL,
                           on_request,
                           api,
                           MHD_OPTION_SOCK_ADDR,
                           (struct sockaddr *)&address,
                           MHD_OPTION_CONNECTION_LIMIT,
                           (unsigned)CONNECTIONS_MAX,
                           MHD_OPTION_NOTIFY_COMPLETED,
                           on_request_end,
                           NULL,
                           MHD_OPTION_END);
}

struct invoke_api *
invoke_api_new(struct environment *environment, unsigned short port, FILE *log, struct drill_error *error)
{
   struct invoke_api *api = calloc(1, sizeof *api);
   if (api == NULL) {
      drill_error_set(error, "expected memory for the invoke API, found none");
      return NULL;
   }
   api->environment = environment;
   api->log = log;
   api->queue = invoke_queue_new(environment, log, error);
   if (api->queue == NULL) {
      free(api);
      return NULL;
   }
   errno = 0;
   api->daemon = listen_on(api, port);
   api->port = loopback_port(api->daemon);
   if (api->port == 0) {
      drill_error_set(error,
                      "expected port %u of 127.0.0.1 to be free, found: %s",
                      port,
                      errno != 0 ? strerror(errno) : "it is not");
      invoke_api_destroy(api);
      return NULL;
   }
   return api;
}

void
invoke_api_destroy(struct invoke_api *api)
{
   if (api == NULL) {
      return;
   }
   environment_interrupt(api->environment);
   if (api->daemon != NULL) {
      MHD_stop_daemon(api->daemon);
   }
   invoke_queue_destroy(api->queue);
   free(api);
}

unsigned
invoke_api_port(const struct invoke_api *api)
{
   return api->port;
}
