/*
 * The provider "aws_lambda": invocations from Lambda's Runtime API, answers to it.
 */
#include "event_shape.h"
#include "failure_json.h"
#include "log_form.h"
#include "provider_error.h"
#include "runtime_api.h"
#include "trace_id.h"

#include "faas_harness/provider.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct lambda {
   const struct faas_host *host;
   struct runtime_api *api;
   struct log_form log_form;
   struct runtime_api_event event;
   enum event_shape shape; /* of the event under way */
   struct faas_attribute attributes[NEXT_ATTRIBUTE_COUNT];
   pthread_mutex_t lock; /* of request_id, which any thread that logs reads */
   char request_id[NEXT_HEADERS_ID_MAX];
};

static void
set_request_id(struct lambda *lambda, const char *id)
{
   (void)pthread_mutex_lock(&lambda->lock);
   (void)memccpy(lambda->request_id, id, '\0', sizeof lambda->request_id);
   (void)pthread_mutex_unlock(&lambda->lock);
}

static void
lambda_close(void *state)
{
   struct lambda *lambda = state;
   if (lambda != NULL) {
      runtime_api_destroy(lambda->api);
      trace_id_remove();
      (void)pthread_mutex_destroy(&lambda->lock);
      free(lambda);
   }
}

static enum faas_result
lambda_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   struct lambda *lambda = calloc(1, sizeof *lambda);
   if (lambda == NULL) {
      provider_error_set(error, "Provider.OutOfMemory", "expected memory for the provider, found none");
      return FAAS_ERROR;
   }
   lambda->host = host;
   (void)pthread_mutex_init(&lambda->lock, NULL);
   lambda->log_form = log_form_of(getenv("AWS_LAMBDA_LOG_FORMAT"), getenv("AWS_LAMBDA_LOG_LEVEL"));
   lambda->api = runtime_api_new(getenv("AWS_LAMBDA_RUNTIME_API"), host->stop_descriptor(host->context), error);
   if (lambda->api == NULL) {
      lambda_close(lambda);
      return FAAS_ERROR;
   }
   trace_id_install();
   *state = lambda;
   return FAAS_OK;
}

static void
log_error(const struct lambda *lambda, const struct faas_error *error)
{
   lambda->host->log(lambda->host->context, FAAS_LOG_ERROR, error->message);
}

/* What a post to the API came to. A refusal is a fault to log, not one to die of (AWS: only 5xx is). */
static enum faas_result
settle(const struct lambda *lambda, enum runtime_api_result result, const struct faas_error *error)
{
   if (result == RUNTIME_API_UNUSABLE) {
      return FAAS_ERROR;
   }
   if (result != RUNTIME_API_OK) {
      log_error(lambda, error);
   }
   return FAAS_OK;
}

/* Post an error for an invocation; for the start when request_id is NULL. The report may be NULL. */
static enum runtime_api_result
post_error(struct lambda *lambda, const char *request_id, const struct faas_failure *failure, struct faas_error *error)
{
   char *body = failure_json_make(failure->type, failure->message, failure->report, failure->report_length);
   /* Without memory for more, the type alone still says what happened. */
   struct runtime_api_post post = {.body = body == NULL ? "{}" : body, .error_type = failure->type};
   post.length = strlen(post.body);
   if (request_id != NULL) {
      post.invocation_id = lambda->event.headers->invocation_id;
   }
   enum runtime_api_result result = request_id == NULL ? runtime_api_init_failed(lambda->api, &post, error)
                                                       : runtime_api_fail(lambda->api, request_id, &post, error);
   free(body);
   return result;
}

/* Tell of a problem of the provider's own: whoever invoked, by an error for the invocation, and the log, by one line,
 * which also says when the API does not take that error. */
static enum faas_result
tell(struct lambda *lambda, const char *request_id, const struct faas_error *problem, struct faas_error *error)
{
   struct faas_failure failure = {.size = sizeof failure, .type = problem->type, .message = problem->message};
   struct faas_error refusal = {0};
   struct faas_error line = *problem;
   enum runtime_api_result result = post_error(lambda, request_id, &failure, &refusal);
   if (result != RUNTIME_API_OK && result != RUNTIME_API_UNUSABLE) {
      provider_error_set(
         &line, problem->type, "%.600s; whoever invoked is not told: %.300s", problem->message, refusal.message);
   }
   log_error(lambda, &line);
   if (result != RUNTIME_API_UNUSABLE) {
      return FAAS_OK;
   }
   *error = refusal;
   return FAAS_ERROR;
}

/* An invocation came that is not run: whoever waits for it is told, and the next one is asked for. */
static enum faas_result
reject(struct lambda *lambda, struct faas_error *error)
{
   const struct faas_error problem = *error;
   const char *id = lambda->event.headers->request_id;
   if (id[0] == '\0') {
      return FAAS_ERROR;
   }
   set_request_id(lambda, id);
   return tell(lambda, id, &problem, error) == FAAS_OK ? FAAS_REJECTED : FAAS_ERROR;
}

static void
fill(struct lambda *lambda, struct faas_invocation *invocation)
{
   const struct next_headers *headers = lambda->event.headers;
   size_t count = 0;
   for (size_t i = 0; i < NEXT_ATTRIBUTE_COUNT; i++) {
      if (headers->attributes[i] != NULL) {
         lambda->attributes[count++] = (struct faas_attribute){.name = next_attribute_name((enum next_attribute)i),
                                                               .value = headers->attributes[i]};
      }
   }
   invocation->id = headers->request_id;
   invocation->payload = lambda->event.body->bytes;
   invocation->payload_length = lambda->event.body->length;
   invocation->deadline_unix_ms = headers->deadline_unix_ms;
   invocation->attributes = lambda->attributes;
   invocation->attribute_count = count;
}

static enum faas_result
lambda_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   struct lambda *lambda = state;
   set_request_id(lambda, "");
   trace_id_set(NULL);
   /* Not to be asked for: an invocation that is handed out then would have nobody to run it. */
   if (lambda->host->stop_requested(lambda->host->context)) {
      return FAAS_END;
   }
   switch (runtime_api_next(lambda->api, &lambda->event, error)) {
   case RUNTIME_API_OK:
      break;
   case RUNTIME_API_STOPPED:
      return FAAS_END;
   case RUNTIME_API_BROKEN:
      return reject(lambda, error);
   default:
      return FAAS_ERROR;
   }
   if (lambda->event.headers->request_id[0] == '\0') {
      provider_error_set(error,
                         "Provider.RuntimeApiProtocol",
                         "Runtime API, next: expected a header Lambda-Runtime-Aws-Request-Id, found none");
      return FAAS_ERROR;
   }
   set_request_id(lambda, lambda->event.headers->request_id);
   trace_id_set(lambda->event.headers->attributes[NEXT_TRACE_ID]);
   lambda->shape = event_shape_of(lambda->event.body->bytes, lambda->event.body->length);
   if (lambda->shape == EVENT_AUTHORIZER) {
      provider_error_set(error,
                         "Provider.EventNotServed",
                         "the event is for a Lambda authorizer, which decides on access, and the harness only reports: "
                         "make the function a route's integration, not its authorizer");
      return reject(lambda, error);
   }
   fill(lambda, invocation);
   return FAAS_OK;
}

/* In a shape of its own, to be freed. Returns NULL when the report is the answer as it is, or memory is out. */
static char *
shape_answer(const struct lambda *lambda, const char *request_id, struct runtime_api_post *post)
{
   if (lambda->shape == EVENT_PLAIN) {
      return NULL;
   }
   char *shaped = event_shape_answer(lambda->shape, request_id, post->body, post->length);
   post->body = shaped;
   post->length = shaped == NULL ? 0 : strlen(shaped);
   return shaped;
}

static enum faas_result
post_answer(struct lambda *lambda,
            const char *request_id,
            const struct runtime_api_post *post,
            struct faas_error *error)
{
   struct faas_error problem = {0};
   if (lambda->shape != EVENT_PLAIN && post->body == NULL) {
      provider_error_set(&problem, "Provider.OutOfMemory", "out of memory: could not put the report into its answer");
      return tell(lambda, request_id, &problem, error);
   }
   if (post->length > RUNTIME_API_PAYLOAD_MAX) {
      provider_error_set(&problem,
                         "Provider.AnswerTooLarge",
                         "the answer has %zu bytes, and Lambda takes at most %d",
                         post->length,
                         RUNTIME_API_PAYLOAD_MAX);
      return tell(lambda, request_id, &problem, error);
   }
   enum runtime_api_result result = runtime_api_respond(lambda->api, request_id, post, error);
   if (result != RUNTIME_API_TOO_LARGE) {
      return settle(lambda, result, error);
   }
   /* The invocation is over: Lambda has answered it itself, with Function.ResponseSizeTooLarge, and refuses an error
    * after that with 403 (aws-lambda-runtime-interface-emulator, invocationresponse.go, does the same). */
   provider_error_set(&problem,
                      "Provider.AnswerTooLarge",
                      "Lambda takes no answer of %zu bytes, and tells whoever invoked: %.800s",
                      post->length,
                      error->message);
   log_error(lambda, &problem);
   return FAAS_OK;
}

static enum faas_result
lambda_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   struct lambda *lambda = state;
   struct runtime_api_post post = {
      .body = report, .length = length, .invocation_id = lambda->event.headers->invocation_id};
   char *shaped = shape_answer(lambda, invocation->id, &post);
   enum faas_result result = post_answer(lambda, invocation->id, &post, error);
   free(shaped);
   return result;
}

static enum faas_result
lambda_fail(void *state,
            const struct faas_invocation *invocation,
            const struct faas_failure *failure,
            struct faas_error *error)
{
   return settle(state, post_error(state, invocation->id, failure, error), error);
}

static enum faas_result
lambda_init_failed(void *state, const struct faas_failure *failure, struct faas_error *error)
{
   const struct faas_failure told = {.size = sizeof told, .type = failure->type, .message = failure->message};
   return settle(state, post_error(state, NULL, &told, error), error);
}

static size_t
lambda_format_log(void *state, const struct faas_log_record *record, char *line, size_t size)
{
   struct lambda *lambda = state;
   char request_id[NEXT_HEADERS_ID_MAX];
   (void)pthread_mutex_lock(&lambda->lock);
   memcpy(request_id, lambda->request_id, sizeof request_id);
   (void)pthread_mutex_unlock(&lambda->lock);
   return log_form_line(&lambda->log_form, request_id, record, line, size);
}

static const struct faas_provider lambda_provider = {
   .size = sizeof lambda_provider,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = 1,
   .name = "aws_lambda",
   .version = FAAS_LAMBDA_VERSION,
   .description = "invocations of AWS Lambda, through its Runtime API",
   .open = lambda_open,
   .next = lambda_next,
   .respond = lambda_respond,
   .fail = lambda_fail,
   .init_failed = lambda_init_failed,
   .close = lambda_close,
   .format_log = lambda_format_log,
};

FAAS_PROVIDER_REGISTER(lambda_provider)
