/* How the Lambda host's two HTTP servers treat a request with any path, headers and body: the invoke API, and the
 * Runtime API with what the invoke API passed on. libmicrohttpd, the queue and the function are replaced here.
 * - Each request is answered once, or waits for an event; one that is refused before its body came is closed.
 * - Every event reaches the function whole, with valid headers.
 * - The host gets exactly what the function posted, except for responses that turn out to be errors.
 * - Errors are JSON.
 *
 * The first line of the input is method and path, then headers, one per line; after an empty line comes the body. */
#include "fuzz_target.h"

#include "environment.h"
#include "invoke_api.h"
#include "invoke_queue.h"
#include "runtime_api.h"

#include <cJSON.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ID "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
#define RUNTIME "/2018-06-01/runtime/"

enum { HEADERS_MAX = 16, CHUNK = 61 };

struct header {
   char *name;
   char *value;
};

struct headers {
   struct header all[HEADERS_MAX];
   size_t count;
};

/* One request as libmicrohttpd has read it: path and headers without line ends, values without surrounding white space.
 */
struct request {
   char *method;
   char *path;
   struct headers headers;
   char *body;
   size_t length;
};

/* --- in the place of libmicrohttpd -------------------------------------------------------------------------------- */

struct MHD_Daemon {
   MHD_AccessHandlerCallback handle;
   void *handle_context;
   MHD_RequestCompletedCallback completed;
   void *completed_context;
};

struct MHD_Response {
   unsigned references;
   char *body;
   size_t length;
   struct headers headers;
};

struct MHD_Connection {
   struct headers *headers;
   bool suspended;
   bool resumed;
   unsigned queued;
   unsigned status;
   struct MHD_Response *response;
};

static const char *
value_of(const struct headers *headers, const char *name)
{
   for (size_t i = 0; i < headers->count; i++) {
      if (strcasecmp(headers->all[i].name, name) == 0) {
         return headers->all[i].value;
      }
   }
   return NULL;
}

static void
add_header(struct headers *headers, const char *name, const char *value)
{
   require(headers->count < HEADERS_MAX, "few headers");
   headers->all[headers->count++] =
      (struct header){.name = text_of(name, strlen(name)), .value = text_of(value, strlen(value))};
}

static void
clear_headers(struct headers *headers)
{
   for (size_t i = 0; i < headers->count; i++) {
      free(headers->all[i].name);
      free(headers->all[i].value);
   }
   headers->count = 0;
}

const char *
MHD_lookup_connection_value(struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *key)
{
   require(kind == MHD_HEADER_KIND || kind == MHD_FOOTER_KIND, "a header or a trailer");
   return value_of(connection->headers, key); /* a line of the input is both */
}

struct MHD_Response *
MHD_create_response_from_buffer(size_t size, void *buffer, enum MHD_ResponseMemoryMode mode)
{
   struct MHD_Response *response = calloc(1, sizeof *response);

   (void)mode;
   require(response != NULL, "memory");
   response->references = 1;
   response->body = text_of(buffer, size);
   response->length = size;
   return response;
}

enum MHD_Result
MHD_add_response_header(struct MHD_Response *response, const char *name, const char *value)
{
   if (name[0] == '\0' || value[0] == '\0' || strpbrk(name, "\t\r\n") != NULL || strpbrk(value, "\r\n") != NULL) {
      return MHD_NO;
   }
   add_header(&response->headers, name, value);
   return MHD_YES;
}

void
MHD_destroy_response(struct MHD_Response *response)
{
   if (--response->references == 0) {
      clear_headers(&response->headers);
      free(response->body);
      free(response);
   }
}

enum MHD_Result
MHD_queue_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
   require(connection->queued++ == 0 && !connection->suspended, "one answer, and not while it waits");
   connection->status = status;
   connection->response = response;
   response->references++;
   return MHD_YES;
}

void
MHD_suspend_connection(struct MHD_Connection *connection)
{
   require(!connection->suspended, "a connection that does not wait yet");
   connection->suspended = true;
}

void
MHD_resume_connection(struct MHD_Connection *connection)
{
   require(connection->suspended, "a connection that waits");
   connection->suspended = false;
   connection->resumed = true;
}

const union MHD_ConnectionInfo *
MHD_get_connection_info(struct MHD_Connection *connection, enum MHD_ConnectionInfoType type, ...)
{
   (void)connection;
   (void)type;
   return NULL;
}

const char *
MHD_get_reason_phrase_for(unsigned status)
{
   (void)status;
   return "";
}

const union MHD_DaemonInfo *
MHD_get_daemon_info(struct MHD_Daemon *daemon, enum MHD_DaemonInfoType type, ...)
{
   static const union MHD_DaemonInfo info = {.port = 1};

   (void)daemon;
   (void)type;
   return &info;
}

static struct MHD_Daemon *started; /* the last one */

struct MHD_Daemon *
MHD_start_daemon(unsigned flags,
                 uint16_t port,
                 MHD_AcceptPolicyCallback accept,
                 void *accept_context,
                 MHD_AccessHandlerCallback handle,
                 void *handle_context,
                 ...)
{
   struct MHD_Daemon *daemon = calloc(1, sizeof *daemon);
   va_list options;

   (void)flags;
   (void)port;
   (void)accept;
   (void)accept_context;
   require(daemon != NULL, "memory");
   *daemon = (struct MHD_Daemon){.handle = handle, .handle_context = handle_context};
   va_start(options, handle_context);
   for (int option; (option = va_arg(options, int)) != MHD_OPTION_END;) {
      switch (option) {
      case MHD_OPTION_NOTIFY_COMPLETED:
         daemon->completed = va_arg(options, MHD_RequestCompletedCallback);
         daemon->completed_context = va_arg(options, void *);
         break;
      case MHD_OPTION_NOTIFY_CONNECTION:
         (void)va_arg(options, MHD_NotifyConnectionCallback);
         (void)va_arg(options, void *);
         break;
      case MHD_OPTION_SOCK_ADDR:
         (void)va_arg(options, struct sockaddr *);
         break;
      case MHD_OPTION_CONNECTION_LIMIT:
      case MHD_OPTION_CONNECTION_TIMEOUT:
         (void)va_arg(options, unsigned);
         break;
      case MHD_OPTION_CONNECTION_MEMORY_LIMIT:
         (void)va_arg(options, size_t);
         break;
      default:
         require(false, "an option that is known here");
      }
   }
   va_end(options);
   started = daemon;
   return daemon;
}

void
MHD_stop_daemon(struct MHD_Daemon *daemon)
{
   free(daemon);
}

/* One request, until its answer or its wait; state is libmicrohttpd's for the application. Returns false when the
 * application closes the connection instead. */
static bool
serve(struct MHD_Daemon *daemon, struct MHD_Connection *connection, const struct request *request, void **state)
{
   enum MHD_Result result = MHD_YES;
   size_t none = 0;

   if (*state == NULL) {
      result = daemon->handle(
         daemon->handle_context, connection, request->path, request->method, "HTTP/1.1", NULL, &none, state);
      require(result == MHD_YES, "a request that is read on");
      if (connection->queued > 0) {
         return true;
      }
      for (size_t at = 0; at < request->length; at += CHUNK) {
         size_t length = request->length - at < CHUNK ? request->length - at : CHUNK;
         size_t left = length;
         char *chunk = copy_of(request->body + at, length);

         result = daemon->handle(
            daemon->handle_context, connection, request->path, request->method, "HTTP/1.1", chunk, &left, state);
         require(result == MHD_YES && left == 0 && connection->queued == 0, "a body that is read on");
         free(chunk);
      }
   }
   do {
      connection->resumed = false;
      result = daemon->handle(
         daemon->handle_context, connection, request->path, request->method, "HTTP/1.1", NULL, &none, state);
   } while (connection->resumed);
   require(connection->queued == (connection->suspended || result == MHD_NO ? 0U : 1U), "an answer, or a wait for it");
   return result == MHD_YES;
}

static void
finish(struct MHD_Daemon *daemon, struct MHD_Connection *connection, void **state)
{
   daemon->completed(daemon->completed_context, connection, state, MHD_REQUEST_TERMINATED_COMPLETED_OK);
   require(*state == NULL, "nothing kept of a request");
   if (connection->response != NULL) {
      MHD_destroy_response(connection->response);
   }
}

static void
check_error_body(const struct MHD_Connection *connection)
{
   const char *type = value_of(&connection->response->headers, "Content-Type");

   if (connection->status >= 400 && type != NULL && strcmp(type, "application/json") == 0) {
      cJSON *json = cJSON_ParseWithLength(connection->response->body, connection->response->length);

      require(cJSON_IsObject(json), "an error that is JSON");
      cJSON_Delete(json);
   }
}

/* --- the Runtime API, as the function sees it --------------------------------------------------------------------- */

struct function {
   struct violations *violations;
   int wake;
   struct runtime_api *api;
   struct MHD_Daemon *daemon;
};

static void
start_function(struct function *function)
{
   static const struct runtime_function described = {.name = "function", .handler = "handler"};
   struct drill_error error;

   function->violations = violations_new();
   function->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   require(function->violations != NULL && function->wake >= 0, "memory");
   function->api = runtime_api_new(&described, function->violations, function->wake, &error);
   require(function->api != NULL, "a Runtime API");
   function->daemon = started;
}

static void
end_function(struct function *function)
{
   char *text = violations_take(function->violations);

   free(text);
   runtime_api_destroy(function->api);
   violations_destroy(function->violations);
   close(function->wake);
}

/* A header is passed on in one line, and only if it was there. */
static void
check_passed(const struct MHD_Response *response, const char *name, const char *given)
{
   const char *passed = value_of(&response->headers, name);

   if (given == NULL || given[strspn(given, " \t\r\n")] == '\0') {
      require(passed == NULL, "no header of nothing");
      return;
   }
   require(passed != NULL && strpbrk(passed, "\r\n") == NULL, "a header of one line");
   require(strspn(passed, " \t") == 0 && strlen(passed) <= strlen(given), "a header without white space around it");
}

/* The function asks for an event, and gets it. */
static void
take_event(struct function *function, const struct runtime_event *event)
{
   struct headers none = {.count = 0};
   struct MHD_Connection connection = {.headers = &none};
   struct request next = {.method = (char[]){"GET"}, .path = (char[]){RUNTIME "invocation/next"}};
   struct drill_error error;
   void *state = NULL;

   serve(function->daemon, &connection, &next, &state);
   require(connection.suspended && runtime_api_phase(function->api, NULL) == RUNTIME_WAITING, "a function that waits");
   require(runtime_api_hand_out(function->api, event, &error) == 0 && connection.resumed, "an event handed out");
   connection.resumed = false;
   serve(function->daemon, &connection, &next, &state);
   require(connection.status == MHD_HTTP_OK, "an event");
   require(connection.response->length == event->length &&
              memcmp(connection.response->body, event->body, event->length) == 0,
           "all of the event");
   require(strcmp(value_of(&connection.response->headers, "Lambda-Runtime-Aws-Request-Id"), event->request_id) == 0,
           "its id");
   check_passed(connection.response, "Lambda-Runtime-Client-Context", event->client_context);
   check_passed(connection.response, "Lambda-Runtime-Cognito-Identity", event->cognito_identity);
   check_passed(connection.response, "Lambda-Runtime-Trace-Id", event->trace_id);
   finish(function->daemon, &connection, &state);
}

/* What the function posts, before its first event or while it has one. */
static void
check_post(const struct request *request, bool has_event)
{
   const struct runtime_event event = {
      .request_id = ID, .function_arn = "arn", .trace_id = "Root=1", .body = "{}", .length = 2};
   struct headers headers = request->headers;
   struct MHD_Connection connection = {.headers = &headers};
   struct function function;
   struct runtime_answer answer = {0};
   void *state = NULL;

   start_function(&function);
   if (has_event) {
      take_event(&function, &event);
   }
   serve(function.daemon, &connection, request, &state);
   if (connection.queued > 0) {
      check_error_body(&connection);
   }
   if (runtime_api_take_answer(function.api, 0, &answer)) {
      /* By its trailers or its mode a response can be an error, which replaces it. */
      bool replaced = answer.failed && strstr(request->path, "/response") != NULL;

      require(connection.status == MHD_HTTP_ACCEPTED || (replaced && connection.status == MHD_HTTP_BAD_REQUEST),
              "an answer that was accepted");
      require(replaced ||
                 (answer.length == request->length && memcmp(answer.payload, request->body, answer.length) == 0),
              "all of the answer");
      require(answer.payload[answer.length] == '\0', "an answer that ends");
      require(memchr(answer.error_type, '\0', sizeof answer.error_type) != NULL, "a type that ends");
      require(has_event == (runtime_api_phase(function.api, NULL) == RUNTIME_ANSWERED), "the phase it is in");
      free(answer.payload);
   }
   finish(function.daemon, &connection, &state);
   end_function(&function);
}

/* --- in the place of the queue and the environment ---------------------------------------------------------------- */

static unsigned run;
static unsigned added;

struct invoke_queue *
invoke_queue_new(struct environment *environment, FILE *log, struct drill_error *error)
{
   (void)environment;
   (void)log;
   (void)error;
   return copy_of("", 1);
}

void
invoke_queue_destroy(struct invoke_queue *queue)
{
   free(queue);
}

void
invoke_queue_close(struct invoke_queue *queue)
{
   (void)queue;
}

/* A function that answers with its event. */
void
invoke_queue_add(struct invoke_queue *queue, struct invoke_job *job)
{
   const struct runtime_event handed = {.request_id = ID,
                                        .function_arn = "arn",
                                        .trace_id = job->event.trace_id,
                                        .client_context = job->event.client_context,
                                        .cognito_identity = job->event.cognito_identity,
                                        .body = job->event.text,
                                        .length = job->event.length};
   struct function function;

   (void)queue;
   run++;
   start_function(&function);
   take_event(&function, &handed);
   end_function(&function);
   job->failed = 0;
   job->result = (struct invocation_result){.payload = text_of(job->event.text, job->event.length),
                                            .payload_length = job->event.length,
                                            .log_tail = text_of(job->event.text, job->event.length)};
   strcpy(job->result.request_id, ID);
   job->done(job);
}

bool
invoke_queue_add_later(struct invoke_queue *queue, const char *event, size_t length)
{
   (void)queue;
   free(copy_of(event, length));
   added++;
   return true;
}

void
environment_interrupt(struct environment *environment)
{
   (void)environment;
}

static void
check_invocation(const struct request *request)
{
   struct headers headers = request->headers;
   struct MHD_Connection connection = {.headers = &headers};
   struct drill_error error;
   void *state = NULL;
   struct invoke_api *api = invoke_api_new(NULL, 0, stderr, &error);
   struct MHD_Daemon *daemon = started;

   require(api != NULL, "an invoke API");
   run = added = 0;
   if (!serve(daemon, &connection, request, &state)) {
      finish(daemon, &connection, &state);
      invoke_api_destroy(api);
      return;
   }
   check_error_body(&connection);
   require(connection.status < 500, "no fault of the host");
   require(run == (connection.status == MHD_HTTP_OK ? 1U : 0U), "one invocation for each good answer");
   require(added == (connection.status == MHD_HTTP_ACCEPTED ? 1U : 0U), "one event kept for later");
   if (connection.status < 400) {
      require(strcmp(request->method, "POST") == 0 && strstr(request->path, "/functions/") != NULL,
              "an invocation by its path");
   }
   if (run == 1) {
      const char *event = request->length > 0 ? request->body : "{}";
      size_t length = request->length > 0 ? request->length : 2;

      require(connection.response->length == length && memcmp(connection.response->body, event, length) == 0,
              "all of the function's answer");
   }
   finish(daemon, &connection, &state);
   invoke_api_destroy(api);
}

/* --- the input ---------------------------------------------------------------------------------------------------- */

/* Characters that are not allowed in an HTTP line become spaces. */
static char *
take_http_line(const uint8_t **data, size_t *size)
{
   size_t length;
   char *line = take_line(data, size, &length);

   for (size_t i = 0; i < length; i++) {
      line[i] = line[i] == '\0' || line[i] == '\r' ? ' ' : line[i];
   }
   return line;
}

static char *
trimmed(char *text)
{
   text += strspn(text, " \t");
   size_t length = strlen(text);
   while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
      length--;
   }
   text[length] = '\0';
   return text;
}

static void
take_headers(struct headers *headers, const uint8_t **data, size_t *size)
{
   for (;;) {
      char *line = take_http_line(data, size);
      char *colon = strchr(line, ':');
      bool last = line[0] == '\0';

      if (colon != NULL && headers->count < HEADERS_MAX) {
         *colon = '\0';
         add_header(headers, line, trimmed(colon + 1));
      }
      free(line);
      if (last) {
         return;
      }
   }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   char *line = take_http_line(&data, &size);
   char *space = strchr(line, ' ');
   struct request request = {.method = line};

   if (space != NULL) {
      *space = '\0';
      request.path = space + 1;
      take_headers(&request.headers, &data, &size);
      request.body = copy_of(data, size);
      request.length = size;
      check_invocation(&request);
      check_post(&request, false);
      check_post(&request, true);
      clear_headers(&request.headers);
      free(request.body);
   }
   free(line);
   return 0;
}
