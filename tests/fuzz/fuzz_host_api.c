/* How the Lambda host's two HTTP servers treat a request with any path, headers and body: the invoke API, and the
 * Runtime API with what the invoke API passed on. libmicrohttpd, the queue and the function are replaced here.
 * - Each request is answered once, or waits for an event; one that is refused before its body came is closed.
 * - Every event reaches the function whole, with valid headers.
 * - The host gets exactly what the function posted, except for responses that turn out to be errors.
 * - Errors are JSON.
 *
 * The input is one request: see take_request. */
#include "microhttpd_stand_in.h"

#include "environment.h"
#include "invoke_api.h"
#include "invoke_queue.h"
#include "runtime_api.h"

#include <cJSON.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ID "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
#define RUNTIME "/2018-06-01/runtime/"

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
   static const struct function_config described = {.function_name = "function", .handler = "handler"};
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   struct request request;

   if (take_request(&request, data, size)) {
      check_invocation(&request);
      check_post(&request, false);
      check_post(&request, true);
   }
   clear_request(&request);
   return 0;
}
