/*
 * The provider "aws_lambda": takes invocations from Lambda's Runtime API and answers them there.
 */
#include "channels.h"
#include "log_form.h"
#include "provider_error.h"
#include "restore.h"

#include "faas_harness/provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lambda {
   const struct faas_host *host;
   struct log_form log_form;
   struct channels channels;
   struct restore restore;
};

/* AWS, "Using the Lambda runtime API": "Set the _X_AMZN_TRACE_ID environment variable locally with the same value". The
 * driver's threads may read the environment at any time (name look-ups do), and setenv could move it while they read.
 * So the variable is set once, before any thread runs, and its value is then written in place. putenv uses this memory
 * itself, which goes away when this shared object is unloaded. */
#define TRACE_ID "_X_AMZN_TRACE_ID"
static char trace_variable[sizeof TRACE_ID + 1 + 1024] = TRACE_ID "=";

/* The variable is process-wide, so it can serve only one invocation at a time. */
static bool
has_trace_variable(const struct lambda *lambda)
{
   return lambda->channels.count == 1;
}

/* NULL: no trace. A value that is too long is cut. */
static void
set_trace_id(const struct lambda *lambda, const char *trace_id)
{
   if (has_trace_variable(lambda)) {
      (void)snprintf(trace_variable + sizeof TRACE_ID,
                     sizeof trace_variable - sizeof TRACE_ID,
                     "%s",
                     trace_id == NULL ? "" : trace_id);
   }
}

static void
lambda_close(void *state)
{
   struct lambda *lambda = state;
   if (lambda != NULL) {
      if (has_trace_variable(lambda)) {
         (void)unsetenv(TRACE_ID);
      }
      channels_clear(&lambda->channels);
      restore_clear(&lambda->restore);
      free(lambda);
   }
}

static enum faas_result
lambda_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   unsigned count = 0;
   if (!channels_count(getenv("AWS_LAMBDA_MAX_CONCURRENCY"), &count, error)) {
      return FAAS_ERROR;
   }
   struct lambda *lambda = calloc(1, sizeof *lambda);
   if (lambda == NULL) {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory for the provider");
      return FAAS_ERROR;
   }
   lambda->host = host;
   restore_init(&lambda->restore, getenv("AWS_LAMBDA_INITIALIZATION_TYPE"));
   lambda->log_form = log_form_of(getenv("AWS_LAMBDA_LOG_FORMAT"), getenv("AWS_LAMBDA_LOG_LEVEL"));
   if (!channels_init(
          &lambda->channels, count, getenv("AWS_LAMBDA_RUNTIME_API"), host->stop_descriptor(host->context), error)) {
      lambda_close(lambda);
      return FAAS_ERROR;
   }
   if (has_trace_variable(lambda)) {
      (void)putenv(trace_variable);
   }
   *state = lambda;
   return FAAS_OK;
}

static uint32_t
lambda_open_invocations(void *state)
{
   const struct lambda *lambda = state;
   return lambda->channels.count;
}

static void
log_error(const struct lambda *lambda, const struct faas_error *error)
{
   lambda->host->log(lambda->host->context, FAAS_LOG_ERROR, error->message);
}

/* Turns the result of a post to the API into a provider's. A refusal is logged, but not fatal (AWS: only 5xx is). */
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

/* Reports a problem of the provider's own: to the invoker as an error for the invocation, and to the log in one line,
 * which also says if the API rejected that error. */
static enum faas_result
tell(struct lambda *lambda, struct channel *channel, const struct faas_error *problem, struct faas_error *error)
{
   struct faas_failure failure = {.size = sizeof failure, .type = problem->type, .message = problem->message};
   struct faas_error refusal = {0};
   struct faas_error line = *problem;
   enum runtime_api_result result = runtime_api_fail(channel->api, &failure, &refusal);
   if (result != RUNTIME_API_OK && result != RUNTIME_API_UNUSABLE) {
      provider_error_set(
         &line, problem->type, "%.600s; the caller was not told: %.300s", problem->message, refusal.message);
   }
   log_error(lambda, &line);
   if (result != RUNTIME_API_UNUSABLE) {
      return FAAS_OK;
   }
   *error = refusal;
   return FAAS_ERROR;
}

/* Rejects an invocation that cannot be run: answers it with an error, so that the next one is asked for. */
static enum faas_result
reject(struct lambda *lambda, struct channel *channel, struct faas_error *error)
{
   const struct faas_error problem = *error;
   const char *id = channel->event.headers->request_id;
   if (id[0] == '\0') {
      return FAAS_ERROR;
   }
   channels_set_request_id(&lambda->channels, channel, id);
   return tell(lambda, channel, &problem, error) == FAAS_OK ? FAAS_REJECTED : FAAS_ERROR;
}

static void
fill(struct channel *channel, struct faas_invocation *invocation)
{
   const struct next_headers *headers = channel->event.headers;
   size_t count = 0;
   for (size_t i = 0; i < NEXT_ATTRIBUTE_COUNT; i++) {
      if (headers->attributes[i] != NULL) {
         channel->attributes[count++] = (struct faas_attribute){.name = next_attribute_name((enum next_attribute)i),
                                                                .value = headers->attributes[i]};
      }
   }
   invocation->id = headers->request_id;
   invocation->payload = channel->event.body->bytes;
   invocation->payload_length = channel->event.body->length;
   invocation->deadline_unix_ms = headers->deadline_unix_ms;
   invocation->attributes = channel->attributes;
   invocation->attribute_count = count;
   invocation->provider_data = channel;
}

/* Checks that an invocation arrived and can be run. One that cannot be run, but has an id, is answered here. */
static enum faas_result
accept(struct lambda *lambda, struct channel *channel, struct faas_error *error)
{
   const struct runtime_api_event *event = &channel->event;
   if (event->headers->request_id[0] == '\0') {
      provider_error_set(error,
                         "Provider.RuntimeApiProtocol",
                         "Runtime API, next: the header Lambda-Runtime-Aws-Request-Id is missing");
      return FAAS_ERROR;
   }
   channels_set_request_id(&lambda->channels, channel, event->headers->request_id);
   set_trace_id(lambda, event->headers->attributes[NEXT_TRACE_ID]);
   channel->shape = event_shape_of(event->body->bytes, event->body->length);
   if (channel->shape == EVENT_AUTHORIZER) {
      provider_error_set(error,
                         "Provider.EventNotServed",
                         "the event is for a Lambda authorizer, which grants access, and the harness only reports: "
                         "make the function a route's integration, not its authorizer");
      return reject(lambda, channel, error);
   }
   return FAAS_OK;
}

static enum faas_result
wait_for_event(struct lambda *lambda, struct channel *channel, struct faas_error *error)
{
   switch (runtime_api_next(channel->api, &channel->event, error)) {
   case RUNTIME_API_OK:
      return accept(lambda, channel, error);
   case RUNTIME_API_STOPPED:
      return FAAS_END;
   case RUNTIME_API_BROKEN:
      return reject(lambda, channel, error);
   case RUNTIME_API_REFUSED:
   case RUNTIME_API_TOO_LARGE:
   case RUNTIME_API_UNUSABLE:
   default:
      return FAAS_ERROR;
   }
}

static enum faas_result
lambda_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   struct lambda *lambda = state;
   /* After a stop, do not ask for another invocation: nobody would run it. */
   if (lambda->host->stop_requested(lambda->host->context)) {
      return FAAS_END;
   }
   struct channel *channel = channels_take(&lambda->channels, error);
   if (channel == NULL) {
      return FAAS_ERROR;
   }
   set_trace_id(lambda, NULL);
   enum faas_result result = restore_await(&lambda->restore, channel, lambda->host, error);
   if (result == FAAS_OK) {
      result = wait_for_event(lambda, channel, error);
   }
   if (result == FAAS_OK) {
      fill(channel, invocation);
   } else {
      channels_give_back(&lambda->channels, channel);
   }
   return result;
}

static enum faas_result
post_answer(struct lambda *lambda, struct channel *channel, const char *body, size_t length, struct faas_error *error)
{
   struct faas_error problem = {0};
   if (channel->shape != EVENT_PLAIN && body == NULL) {
      provider_error_set(&problem, "Provider.OutOfMemory", "out of memory: could not put the report into its answer");
      return tell(lambda, channel, &problem, error);
   }
   if (length > RUNTIME_API_PAYLOAD_MAX) {
      provider_error_set(&problem,
                         "Provider.AnswerTooLarge",
                         "the answer has %zu bytes; Lambda takes at most %d",
                         length,
                         RUNTIME_API_PAYLOAD_MAX);
      return tell(lambda, channel, &problem, error);
   }
   enum runtime_api_result result = runtime_api_respond(channel->api, body, length, error);
   if (result != RUNTIME_API_TOO_LARGE) {
      return settle(lambda, result, error);
   }
   /* The invocation is over: Lambda itself has answered it with Function.ResponseSizeTooLarge, and refuses an error
    * after that with 403 (aws-lambda-runtime-interface-emulator, invocationresponse.go, does the same). */
   provider_error_set(&problem,
                      "Provider.AnswerTooLarge",
                      "Lambda refused the answer of %zu bytes, so the caller gets: %.800s",
                      length,
                      error->message);
   log_error(lambda, &problem);
   return FAAS_OK;
}

static enum faas_result
lambda_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   struct lambda *lambda = state;
   struct channel *channel = invocation->provider_data;
   char *shaped = NULL;
   if (channel->shape != EVENT_PLAIN) {
      shaped = event_shape_answer(channel->shape, invocation->id, report, length);
      report = shaped;
      length = shaped == NULL ? 0 : strlen(shaped);
   }
   enum faas_result result = post_answer(lambda, channel, report, length, error);
   free(shaped);
   channels_give_back(&lambda->channels, channel);
   return result;
}

static enum faas_result
lambda_fail(void *state,
            const struct faas_invocation *invocation,
            const struct faas_failure *failure,
            struct faas_error *error)
{
   struct lambda *lambda = state;
   struct channel *channel = invocation->provider_data;
   enum faas_result result = settle(lambda, runtime_api_fail(channel->api, failure, error), error);
   channels_give_back(&lambda->channels, channel);
   return result;
}

static enum faas_result
lambda_init_failed(void *state, const struct faas_failure *failure, struct faas_error *error)
{
   struct lambda *lambda = state;
   return settle(lambda, runtime_api_init_failed(lambda->channels.list[0].api, failure, error), error);
}

static size_t
lambda_format_log(void *state, const struct faas_log_record *record, char *line, size_t size)
{
   struct lambda *lambda = state;
   char request_id[NEXT_HEADERS_ID_MAX];
   channels_find_request_id(&lambda->channels, request_id);
   return log_form_line(&lambda->log_form, request_id, record, line, size);
}

static const struct faas_provider lambda_provider = {
   .size = sizeof lambda_provider,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = CHANNELS_MAX,
   .name = "aws_lambda",
   .version = FAAS_PROVIDER_VERSION,
   .description = "invocations of AWS Lambda, through its Runtime API",
   .open = lambda_open,
   .next = lambda_next,
   .respond = lambda_respond,
   .fail = lambda_fail,
   .init_failed = lambda_init_failed,
   .close = lambda_close,
   .format_log = lambda_format_log,
   .threads = FAAS_THREADS_ANY,
   .open_invocations = lambda_open_invocations,
};

FAAS_PROVIDER_REGISTER(lambda_provider)
