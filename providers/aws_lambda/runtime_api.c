#include "runtime_api.h"

#include "failure_json.h"
#include "kept_connection.h"
#include "provider_error.h"
#include "provider_number.h"
#include "too_few_files.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_MAX 320
#define VERSION "/2018-06-01"
#define TARGET_MAX (3 * NEXT_HEADERS_ID_MAX + 64)

/* How often next is asked when the connection breaks: an invocation lost on the way cannot be answered twice, and one
 * that was not lost is still there. */
#define NEXT_TRIES 3

/* The descriptors that libcurl opens for itself, and closes again if it cannot have both: a wake-up and a socket. */
#define CURL_DESCRIPTORS 3

struct runtime_api {
   struct kept_connection *connection;
   const struct next_headers *invocation; /* the last one; NULL: none */
   char url[URL_MAX];
};

/* A name, an IPv4 address, or an IPv6 address in brackets (RFC 3986, host). */
static bool
is_host(const char *text, size_t length)
{
   char host[256];
   struct in6_addr address;
   if (length == 0 || length >= sizeof host) {
      return false;
   }
   memcpy(host, text, length);
   host[length] = '\0';
   if (host[0] == '[' && host[length - 1] == ']') {
      host[length - 1] = '\0';
      return inet_pton(AF_INET6, host + 1, &address) == 1;
   }
   return host[0] != '.' && strstr(host, "..") == NULL &&
          strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == length;
}

/* Rejects anything that would turn it into another URL. */
static bool
is_host_and_port(const char *text)
{
   const char *colon = strrchr(text, ':');
   if (colon == NULL || !is_host(text, (size_t)(colon - text))) {
      return false;
   }
   int64_t port = provider_number(colon + 1, strlen(colon + 1));
   return port >= 1 && port <= 65535;
}

/* libcurl gives no reason. */
static void
not_ready(struct faas_error *error)
{
   char too_few[TOO_FEW_FILES_TEXT_MAX];
   if (too_few_files_left(CURL_DESCRIPTORS, too_few, sizeof too_few)) {
      provider_error_set(error, "Provider.TooFewFiles", "libcurl failed to initialise: %s", too_few);
   } else {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory for libcurl");
   }
}

struct runtime_api *
runtime_api_new(const char *host_and_port, int stop_descriptor, struct faas_error *error)
{
   if (host_and_port == NULL || !is_host_and_port(host_and_port)) {
      provider_error_set(error,
                         "Provider.BadRuntimeApi",
                         "AWS_LAMBDA_RUNTIME_API must be HOST:PORT, as Lambda sets it, found %s%.100s%s",
                         host_and_port == NULL ? "none" : "\"",
                         host_and_port == NULL ? "" : host_and_port,
                         host_and_port == NULL ? "" : "\"");
      return NULL;
   }
   struct runtime_api *api = calloc(1, sizeof *api);
   if (api != NULL) {
      (void)snprintf(api->url, sizeof api->url, "http://%s", host_and_port);
      api->connection = kept_connection_new(&(struct kept_connection_settings){
         .url = api->url, .get_max = RUNTIME_API_PAYLOAD_MAX, .stop_descriptor = stop_descriptor});
   }
   if (api == NULL || api->connection == NULL) {
      not_ready(error);
      runtime_api_destroy(api);
      return NULL;
   }
   return api;
}

void
runtime_api_destroy(struct runtime_api *api)
{
   if (api != NULL) {
      kept_connection_destroy(api->connection);
      free(api);
   }
}

static enum runtime_api_result
unreachable(const struct runtime_api *api, const char *what, const char *fault, struct faas_error *error)
{
   char too_few[TOO_FEW_FILES_TEXT_MAX];
   fault = too_few_files_left(1, too_few, sizeof too_few) ? too_few : fault;
   provider_error_set(error,
                      "Provider.RuntimeApiUnreachable",
                      "Runtime API, %s: no answer from %s%s: %.300s",
                      what,
                      api->url,
                      VERSION,
                      fault);
   return RUNTIME_API_UNUSABLE;
}

/* AWS: 4xx is a fault of the caller; 5xx, "Container error. Non-recoverable state. Runtime should exit promptly". */
static enum runtime_api_result
judge_status(const struct kept_connection_answer *answer, const char *what, struct faas_error *error)
{
   const struct buffer *words = answer->words;
   if (answer->succeeded) {
      return RUNTIME_API_OK;
   }
   provider_error_set(error,
                      "Provider.RuntimeApiRefused",
                      "Runtime API, %s: expected status 2xx, found %ld: %.*s",
                      what,
                      answer->status,
                      words->length > 500 ? 500 : (int)words->length,
                      words->length > 0 ? words->bytes : "");
   if (answer->status == 413) {
      return RUNTIME_API_TOO_LARGE;
   }
   return answer->status >= 400 && answer->status < 500 ? RUNTIME_API_REFUSED : RUNTIME_API_UNUSABLE;
}

static void
broken_event(const struct kept_connection_answer *answer, struct faas_error *error)
{
   if (answer->too_large) {
      provider_error_set(error,
                         "Runtime.EventTooLarge",
                         "the event is larger than %d bytes, or out of memory for it",
                         RUNTIME_API_PAYLOAD_MAX);
   } else {
      provider_error_set(error,
                         "Runtime.EventTruncated",
                         "the event is incomplete: it ended after %zu bytes: %.300s",
                         answer->body->length,
                         answer->fault);
   }
}

enum runtime_api_result
runtime_api_next(struct runtime_api *api, struct runtime_api_event *event, struct faas_error *error)
{
   struct kept_connection_answer answer = {0};
   for (int tries = 0; tries < NEXT_TRIES; tries++) {
      if (!kept_connection_get(api->connection, VERSION "/runtime/invocation/next", &answer)) {
         return RUNTIME_API_STOPPED;
      }
      api->invocation = answer.headers;
      *event = (struct runtime_api_event){.headers = answer.headers, .body = answer.body};
      /* A refusal counts, however its connection ended. */
      if (answer.fault == NULL || answer.status >= 300) {
         break;
      }
      if (answer.headers->request_id[0] != '\0' && answer.succeeded) {
         broken_event(&answer, error);
         return RUNTIME_API_BROKEN;
      }
   }
   if (answer.fault != NULL && answer.status < 300) {
      return unreachable(api, "next", answer.fault, error);
   }
   enum runtime_api_result status = judge_status(&answer, "next", error);
   if (status == RUNTIME_API_OK && answer.headers->problem.type[0] != '\0') {
      *error = answer.headers->problem;
      return RUNTIME_API_BROKEN;
   }
   return status;
}

enum runtime_api_result
runtime_api_restore_next(struct runtime_api *api, struct faas_error *error)
{
   struct kept_connection_answer answer = {.fault = "not asked"};
   /* The answer has no useful body. If the connection broke first, nothing is known, so ask again. */
   for (int tries = 0; tries < NEXT_TRIES && answer.fault != NULL && answer.status < 200; tries++) {
      if (!kept_connection_get(api->connection, VERSION "/runtime/restore/next", &answer)) {
         return RUNTIME_API_STOPPED;
      }
   }
   if (answer.fault != NULL && answer.status < 200) {
      return unreachable(api, "restore/next", answer.fault, error);
   }
   enum runtime_api_result result = judge_status(&answer, "restore/next", error);
   if (result == RUNTIME_API_OK && !kept_connection_renew(api->connection)) {
      provider_error_set(error,
                         RUNTIME_API_RESTORE_FAILED,
                         "out of memory or descriptors to reconnect to the Runtime API after the restore");
      return RUNTIME_API_UNUSABLE;
   }
   return result;
}

static enum runtime_api_result
send_post(struct runtime_api *api, const char *what, const struct kept_connection_post *post, struct faas_error *error)
{
   struct kept_connection_answer answer;
   if (!kept_connection_post(api->connection, post, &answer)) {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory for the answer");
      return RUNTIME_API_UNUSABLE;
   }
   /* Once the API has answered the post, it no longer matters how the connection ended. */
   if (answer.fault != NULL && answer.status < 200) {
      return unreachable(api, what, answer.fault, error);
   }
   return judge_status(&answer, what, error);
}

/* Posts for the last invocation. */
static enum runtime_api_result
send_answer(struct runtime_api *api, const char *what, struct kept_connection_post *post, struct faas_error *error)
{
   char target[TARGET_MAX];
   char invocation_id[NEXT_HEADERS_ID_MAX + 32];
   /* An id is opaque; it must not leave its path segment. */
   char *id = curl_easy_escape(NULL, api->invocation->request_id, 0);
   if (id == NULL) {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory for the answer");
      return RUNTIME_API_UNUSABLE;
   }
   (void)snprintf(target, sizeof target, VERSION "/runtime/invocation/%s/%s", id, what);
   curl_free(id);
   post->target = target;
   if (api->invocation->invocation_id[0] != '\0') {
      (void)snprintf(
         invocation_id, sizeof invocation_id, "Lambda-Runtime-Invocation-Id: %s", api->invocation->invocation_id);
      post->headers[post->headers[0] == NULL ? 0 : 1] = invocation_id;
   }
   return send_post(api, what, post, error);
}

enum runtime_api_result
runtime_api_respond(struct runtime_api *api, const char *body, size_t length, struct faas_error *error)
{
   struct kept_connection_post post = {.body = body, .length = length};
   return send_answer(api, "response", &post, error);
}

/* target is NULL for the last invocation. */
static enum runtime_api_result
send_failure(struct runtime_api *api,
             const char *what,
             const char *target,
             const struct faas_failure *failure,
             struct faas_error *error)
{
   char type[128];
   char *body = failure_json_make(failure->type, failure->message, failure->report, failure->report_length);
   /* If memory is too short for the body, the type alone still says what happened. */
   struct kept_connection_post post = {.target = target, .headers = {type}, .body = body == NULL ? "{}" : body};
   post.length = strlen(post.body);
   (void)snprintf(type, sizeof type, "Lambda-Runtime-Function-Error-Type: %.64s", failure->type);
   enum runtime_api_result result =
      target == NULL ? send_answer(api, what, &post, error) : send_post(api, what, &post, error);
   free(body);
   return result;
}

enum runtime_api_result
runtime_api_fail(struct runtime_api *api, const struct faas_failure *failure, struct faas_error *error)
{
   return send_failure(api, "error", NULL, failure, error);
}

enum runtime_api_result
runtime_api_init_failed(struct runtime_api *api, const struct faas_failure *failure, struct faas_error *error)
{
   return send_failure(api, "init/error", VERSION "/runtime/init/error", failure, error);
}

enum runtime_api_result
runtime_api_restore_failed(struct runtime_api *api, const struct faas_failure *failure, struct faas_error *error)
{
   return send_failure(api, "restore/error", VERSION "/runtime/restore/error", failure, error);
}
