/*
 * http.c: the provider "http": HTTP requests are events, for every host that talks to a process over HTTP.
 */
#include "json_members.h"
#include "listener.h"
#include "platform.h"
#include "provider_error.h"
#include "provider_number.h"
#include "server.h"

#include <faas_harness/provider.h>

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MAX_EVENT_BYTES "6291456"
#define DEFAULT_MAX_OPEN "4"
#define DEFAULT_MAX_QUEUED "16"

enum { LARGEST_MAX_EVENT_BYTES = 64 * 1024 * 1024, LARGEST_MAX_OPEN = 64, LARGEST_MAX_QUEUED = 256 };

struct http {
   const struct faas_host *host;
   const struct platform *platform;
   struct listener listener;
   struct server *server;
   struct server_limits limits;
   bool started;
};

static enum faas_result
read_limits(const struct faas_host *host, struct server_limits *limits, struct faas_error *error)
{
   enum faas_result result =
      provider_option_number(host, "max_event_bytes", 1, LARGEST_MAX_EVENT_BYTES, &limits->max_event_bytes, error);
   if (result == FAAS_OK) {
      result = provider_option_number(host, "max_open_invocations", 1, LARGEST_MAX_OPEN, &limits->max_open, error);
   }
   if (result == FAAS_OK) {
      result = provider_option_number(host, "max_queued", 0, LARGEST_MAX_QUEUED, &limits->max_queued, error);
   }
   return result;
}

static enum faas_result
read_platform(struct http *http, struct faas_error *error)
{
   const char *mode = http->host->option(http->host->context, "mode");

   http->platform = platform_find(mode);
   if (!http->platform) {
      provider_error_set(error, "Provider.BadOption", "option mode: expected " PLATFORM_NAMES ", found '%.100s'", mode);
      return FAAS_ERROR;
   }
   return FAAS_OK;
}

static enum faas_result
prepare_listener(struct http *http, struct faas_error *error)
{
   const char *given = http->host->option(http->host->context, "listen");
   char address[256];

   if (given) {
      return listener_init(&http->listener, given, error);
   }
   platform_default_address(http->platform, address, sizeof address);
   return listener_init(&http->listener, address, error);
}

static void
http_close(void *state)
{
   struct http *http = state;

   if (http) {
      server_destroy(http->server);
      listener_clear(&http->listener);
      free(http);
   }
}

static enum faas_result
http_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   struct http *http = calloc(1, sizeof *http);
   enum faas_result result = FAAS_ERROR;

   if (!http) {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory for a server");
      return FAAS_ERROR;
   }
   http->host = host;
   http->listener.descriptor = -1;
   if (read_limits(host, &http->limits, error) != FAAS_OK || read_platform(http, error) != FAAS_OK ||
       prepare_listener(http, error) != FAAS_OK) {
      goto done;
   }
   http->server = server_new(http->platform, &http->limits, host);
   if (!http->server) {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory or descriptors for a server");
      goto done;
   }
   *state = http;
   result = FAAS_OK;
done:
   if (result != FAAS_OK) {
      http_close(http);
   }
   return result;
}

/* Listens once next is first called, because the harness then has its client: an open port means ready. */
static enum faas_result
start_once(struct http *http, struct faas_error *error)
{
   char line[256];

   if (http->started) {
      return FAAS_OK;
   }
   if (listener_start(&http->listener, error) != FAAS_OK) {
      return FAAS_ERROR;
   }
   if (!server_start(http->server, http->listener.descriptor)) {
      provider_error_set(error,
                         "Provider.NotListening",
                         "cannot start a server on %s: out of threads, memory or descriptors",
                         http->listener.address);
      return FAAS_ERROR;
   }
   http->started = true;
   snprintf(line, sizeof line, "listening on %.150s (mode %s)", http->listener.address, http->platform->name);
   http->host->log(http->host->context, FAAS_LOG_INFO, line);
   return FAAS_OK;
}

static enum faas_result
http_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   struct http *http = state;
   struct request *request;
   const struct event *event;

   if (http->host->stop_requested(http->host->context)) {
      return FAAS_END;
   }
   if (start_once(http, error) != FAAS_OK) {
      return FAAS_ERROR;
   }
   request = server_next(http->server);
   if (!request) {
      return FAAS_END;
   }
   event = server_event(request);
   invocation->id = event->id;
   invocation->payload = event->payload;
   invocation->payload_length = event->payload_length;
   invocation->deadline_unix_ms = event->deadline_unix_ms;
   invocation->attributes = NULL;
   invocation->attribute_count = 0;
   invocation->provider_data = request;
   return FAAS_OK;
}

/* Makes {"Outputs": {}, "Logs": [log], "ReturnValue": report}, with "ReturnValue": null if the report is not JSON.
 * Returns NULL when out of memory. Free it with free. */
static char *
wrap_for_azure(const char *report, size_t length, const char *log)
{
   cJSON *const entry = cJSON_CreateString(log ? log : "");
   char *const line = entry ? cJSON_PrintUnformatted(entry) : NULL;
   const bool json = json_members_check(report, length, NULL);
   const size_t size = length + (line ? strlen(line) : 0) + sizeof "{\"Outputs\":{},\"Logs\":[],\"ReturnValue\":null}";
   char *text = line ? malloc(size) : NULL;

   if (text) {
      int used = snprintf(text, size, "{\"Outputs\":{},\"Logs\":[%s],\"ReturnValue\":", log ? line : "");

      if (json) {
         memcpy(text + used, report, length);
         memcpy(text + used + length, "}", sizeof "}");
      } else {
         snprintf(text + used, size - (size_t)used, "null}");
      }
   }
   cJSON_free(line);
   cJSON_Delete(entry);
   return text;
}

static void
answer(struct http *http,
       const struct faas_invocation *invocation,
       unsigned status,
       const char *body,
       size_t length,
       const char *log)
{
   struct request *request = invocation->provider_data;
   char *wrapped = NULL;

   if (server_event(request)->envelope == ENVELOPE_AZURE) {
      wrapped = wrap_for_azure(body, length, log);
      body = wrapped ? wrapped : "{}";
      length = strlen(body);
      status = wrapped ? status : http->platform->failed_status;
   }
   server_answer(http->server, request, status, body, length);
   free(wrapped);
}

static enum faas_result
http_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   (void)error;
   answer(state, invocation, 200, report, length, NULL);
   return FAAS_OK;
}

/* Fn and the Lambda Web Adapter keep only the status of a failure, so the log must have the rest. */
static void
log_failure(const struct faas_host *host, const char *id, const struct faas_failure *failure)
{
   char line[512];

   snprintf(line, sizeof line, "invocation %s failed: %s: %s", id, failure->type, failure->message);
   host->log(host->context, FAAS_LOG_ERROR, line);
}

static enum faas_result
http_fail(void *state,
          const struct faas_invocation *invocation,
          const struct faas_failure *failure,
          struct faas_error *error)
{
   struct http *http = state;
   const struct event *event = server_event(invocation->provider_data);
   char *text =
      failure->report ? NULL : provider_error_json("errorType", failure->type, "errorMessage", failure->message);
   /* A report includes the error. */
   const char *body = failure->report ? failure->report : text ? text : "{}";

   (void)error;
   log_failure(http->host, invocation->id, failure);
   answer(http,
          invocation,
          platform_failed_status(http->platform, event),
          body,
          failure->report ? failure->report_length : strlen(body),
          failure->message);
   cJSON_free(text);
   return FAAS_OK;
}

static bool
http_caller_gone(void *state, const struct faas_invocation *invocation)
{
   (void)state;
   return server_caller_gone(invocation->provider_data);
}

static uint32_t
http_open_invocations(void *state)
{
   const struct http *http = state;

   return http->limits.max_open;
}

static const struct faas_option OPTIONS[] = {
   {"mode", "auto", "the platform: " PLATFORM_NAMES "; auto chooses by the environment"},
   {"listen", NULL, "HOST:PORT or unix:PATH (default: where the platform says, 0.0.0.0:$PORT, or 127.0.0.1:8080)"},
   {"max_event_bytes", DEFAULT_MAX_EVENT_BYTES, "largest event accepted; a larger one is refused with status 413"},
   {"max_open_invocations", DEFAULT_MAX_OPEN, "invocations to run at once, from 1 to 64"},
   {"max_queued",
    DEFAULT_MAX_QUEUED,
    "events that may wait until one of them ends; others are refused with status 429"},
   {NULL, NULL, NULL},
};

static const struct faas_provider HTTP = {
   .size = sizeof HTTP,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = LARGEST_MAX_OPEN,
   .threads = FAAS_THREADS_NEXT_ALONE,
   .name = "http",
   .version = FAAS_PROVIDER_VERSION,
   .description = "events from HTTP requests: CloudEvents, Azure Functions, Fn, and any host that posts to a process",
   .options = OPTIONS,
   .open = http_open,
   .next = http_next,
   .respond = http_respond,
   .fail = http_fail,
   .caller_gone = http_caller_gone,
   .close = http_close,
   .open_invocations = http_open_invocations,
};

FAAS_PROVIDER_REGISTER(HTTP)
