#include "runtime_api.h"

#include "lambda_error.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BASE_MAX 320
#define VERSION "/2018-06-01"
#define TARGET_MAX (3 * NEXT_HEADERS_ID_MAX + 64)
#define API_ANSWER_MAX 4096

/* libcurl's own are 16 and 64 KiB. It waits for the socket before each piece: a megabyte takes a third less time when
 * it is sent as one, and this is the largest that libcurl takes. */
#define RECEIVE_BUFFER_BYTES (256L * 1024)
#define SEND_BUFFER_BYTES (2048L * 1024)

/* How often next is asked again when the connection breaks: an invocation that was lost on the way can't be answered
 * twice, and one that was not is still there. */
#define NEXT_TRIES 3

struct runtime_api {
   CURLM *multi;
   CURL *next; /* GET, always the same URL */
   CURL *post;
   struct curl_slist *response_headers; /* always the same */
   struct curl_slist *error_headers;    /* with the type of the error being posted */
   char base[BASE_MAX];
   char reason[CURL_ERROR_SIZE];
   int stop_descriptor;

   struct next_headers headers;
   struct buffer event;
   struct buffer answer; /* the API's own words to a post or a refusal, cut */
   bool event_too_large;
   curl_socket_t socket; /* of the kept connection, as far as is known */
};

/* Host and port as RFC 3986 has them, and nothing that could make another URL of it. */
static bool
is_host_and_port(const char *text)
{
   size_t length = strlen(text);
   const char *colon = strrchr(text, ':');
   if (length > 255 || colon == NULL || colon == text) {
      return false;
   }
   if (strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") != length) {
      return false;
   }
   size_t digits = strspn(colon + 1, "0123456789");
   return digits >= 1 && digits <= 5 && colon[1 + digits] == '\0' && atoi(colon + 1) >= 1 && atoi(colon + 1) <= 65535;
}

static size_t
on_next_header(char *line, size_t size, size_t count, void *context)
{
   struct runtime_api *api = context;
   next_headers_add(&api->headers, line, size * count);
   return size * count;
}

static long
status_of(CURL *easy)
{
   long status = 0;
   (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
   return status;
}

static bool
is_success(CURL *easy)
{
   long status = status_of(easy);
   return status >= 200 && status < 300;
}

static size_t
keep_answer(struct runtime_api *api, const char *bytes, size_t length)
{
   size_t room = api->answer.cap - api->answer.length;
   (void)buffer_add(&api->answer, bytes, length < room ? length : room);
   return length;
}

static size_t
on_next_body(char *bytes, size_t size, size_t count, void *context)
{
   struct runtime_api *api = context;
   size_t length = size * count;
   if (api->event.length == 0) {
      if (!is_success(api->next)) {
         return keep_answer(api, bytes, length);
      }
      if (api->headers.content_length > 0) {
         (void)buffer_reserve(&api->event, (size_t)api->headers.content_length);
      }
   }
   if (!buffer_add(&api->event, bytes, length)) {
      api->event_too_large = true;
      return 0;
   }
   return length;
}

static size_t
on_post_body(char *bytes, size_t size, size_t count, void *context)
{
   return keep_answer(context, bytes, size * count);
}

/* libcurl sends a POST again by itself when a kept connection turns out to be dead. That must not happen once the API
 * may have read it, or an invocation would be answered twice. */
static int
before_post(void *context, char *ip, char *local_ip, int port, int local_port)
{
   struct runtime_api *api = context;
   curl_off_t uploaded = 0;
   (void)ip;
   (void)local_ip;
   (void)port;
   (void)local_port;
   long sent = 0;
   (void)curl_easy_getinfo(api->post, CURLINFO_REQUEST_SIZE, &sent);
   (void)curl_easy_getinfo(api->post, CURLINFO_SIZE_UPLOAD_T, &uploaded);
   if (sent == 0 && uploaded == 0) {
      return CURL_PREREQFUNC_OK;
   }
   (void)snprintf(api->reason, sizeof api->reason, "the connection ended, and what was sent is not sent again");
   return CURL_PREREQFUNC_ABORT;
}

/* True when libcurl took all of them. */
static bool
set_common(struct runtime_api *api, CURL *easy)
{
   CURLcode set = CURLE_OK;
#define SET(option, value) (set = set == CURLE_OK ? curl_easy_setopt(easy, option, value) : set)
   SET(CURLOPT_ERRORBUFFER, api->reason);
   /* libcurl parses a URL and puts it together again for every transfer: the path is the request target's. */
   SET(CURLOPT_URL, api->base);
   SET(CURLOPT_NOSIGNAL, 1L);
   /* A proxy of the environment must never see the Runtime API; and this keeps libcurl from looking for one each time.
    */
   SET(CURLOPT_PROXY, "");
   SET(CURLOPT_NOPROXY, "*");
   SET(CURLOPT_PROTOCOLS_STR, "http");
   SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
   SET(CURLOPT_FOLLOWLOCATION, 0L);
   SET(CURLOPT_BUFFERSIZE, RECEIVE_BUFFER_BYTES);
   SET(CURLOPT_UPLOAD_BUFFERSIZE, SEND_BUFFER_BYTES);
   /* The default of 118 s would connect anew after every long freeze. */
   SET(CURLOPT_MAXAGE_CONN, 7L * 24 * 60 * 60);
   SET(CURLOPT_USERAGENT, "faas-harness");
   return set == CURLE_OK;
}

static bool
set_next(struct runtime_api *api)
{
   CURL *easy = api->next;
   CURLcode set = CURLE_OK;
   SET(CURLOPT_REQUEST_TARGET, VERSION "/runtime/invocation/next");
   SET(CURLOPT_TIMEOUT, 0L);
   SET(CURLOPT_HEADERFUNCTION, on_next_header);
   SET(CURLOPT_HEADERDATA, api);
   SET(CURLOPT_WRITEFUNCTION, on_next_body);
   SET(CURLOPT_WRITEDATA, api);
   return set == CURLE_OK && set_common(api, easy);
}

static bool
set_post(struct runtime_api *api)
{
   CURL *easy = api->post;
   CURLcode set = CURLE_OK;
   SET(CURLOPT_POST, 1L);
   SET(CURLOPT_WRITEFUNCTION, on_post_body);
   SET(CURLOPT_WRITEDATA, api);
   SET(CURLOPT_PREREQFUNCTION, before_post);
   SET(CURLOPT_PREREQDATA, api);
   return set == CURLE_OK && set_common(api, easy);
}
#undef SET

struct runtime_api *
runtime_api_new(const char *host_and_port, int stop_descriptor, struct faas_error *error)
{
   if (host_and_port == NULL || !is_host_and_port(host_and_port)) {
      lambda_error_set(error,
                       "Provider.BadRuntimeApi",
                       "expected HOST:PORT in AWS_LAMBDA_RUNTIME_API, as Lambda sets it, found %s%.100s%s",
                       host_and_port == NULL ? "none" : "\"",
                       host_and_port == NULL ? "" : host_and_port,
                       host_and_port == NULL ? "" : "\"");
      return NULL;
   }
   struct runtime_api *api = calloc(1, sizeof *api);
   if (api == NULL) {
      goto failed;
   }
   api->stop_descriptor = stop_descriptor;
   api->socket = CURL_SOCKET_BAD;
   (void)snprintf(api->base, sizeof api->base, "http://%s", host_and_port);
   next_headers_init(&api->headers);
   buffer_init(&api->event, RUNTIME_API_PAYLOAD_MAX);
   buffer_init(&api->answer, API_ANSWER_MAX);
   /* No TLS is spoken here, and its set-up would be most of the start. */
   if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK) {
      goto failed;
   }
   api->multi = curl_multi_init();
   api->next = curl_easy_init();
   api->post = curl_easy_init();
   if (api->multi == NULL || api->next == NULL || api->post == NULL || !set_next(api) || !set_post(api)) {
      goto failed;
   }
   return api;

failed:
   lambda_error_set(error, "Provider.OutOfMemory", "expected libcurl and memory for it to be ready, found neither");
   runtime_api_destroy(api);
   return NULL;
}

void
runtime_api_destroy(struct runtime_api *api)
{
   if (api == NULL) {
      return;
   }
   curl_easy_cleanup(api->next);
   curl_easy_cleanup(api->post);
   curl_multi_cleanup(api->multi);
   curl_slist_free_all(api->response_headers);
   curl_slist_free_all(api->error_headers);
   next_headers_clear(&api->headers);
   buffer_clear(&api->event);
   buffer_clear(&api->answer);
   curl_global_cleanup();
   free(api);
}

/* Run one transfer on the connection that the two handles share. False when it was given up, because a stop was
 * requested before anything of an invocation came. */
static bool
transfer(struct runtime_api *api, CURL *easy, bool stoppable, CURLcode *result)
{
   int running = 0;
   bool stopped = false;
   bool watched = stoppable && api->stop_descriptor >= 0;
   api->reason[0] = '\0';
   buffer_empty(&api->answer);
   (void)curl_multi_add_handle(api->multi, easy);
   while (curl_multi_perform(api->multi, &running) == CURLM_OK && running > 0) {
      struct curl_waitfd stop = {.fd = api->stop_descriptor, .events = CURL_WAIT_POLLIN};
      if (stopped && api->headers.request_id[0] == '\0') {
         break;
      }
      /* Any limit will do: libcurl's own timers shorten it. */
      (void)curl_multi_poll(api->multi, &stop, watched ? 1 : 0, 3600 * 1000, NULL);
      stopped = stopped || stop.revents != 0;
      watched = watched && !stopped;
   }
   *result = CURLE_RECV_ERROR;
   int left = 0;
   for (CURLMsg *message = curl_multi_info_read(api->multi, &left); message != NULL;
        message = curl_multi_info_read(api->multi, &left)) {
      if (message->msg == CURLMSG_DONE && message->easy_handle == easy) {
         *result = message->data.result;
         stopped = false;
      }
   }
   api->socket = CURL_SOCKET_BAD;
   (void)curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &api->socket);
   (void)curl_multi_remove_handle(api->multi, easy);
   return !stopped;
}

static enum runtime_api_result
unreachable(const struct runtime_api *api, const char *what, CURLcode result, struct faas_error *error)
{
   lambda_error_set(error,
                    "Provider.RuntimeApiUnreachable",
                    "Runtime API, %s: expected an answer from %s%s, found: %.300s",
                    what,
                    api->base,
                    VERSION,
                    api->reason[0] != '\0' ? api->reason : curl_easy_strerror(result));
   return RUNTIME_API_UNUSABLE;
}

/* AWS: 4xx is a fault of the caller; 5xx, "Container error. Non-recoverable state. Runtime should exit promptly". */
static enum runtime_api_result
judge_status(const struct runtime_api *api, CURL *easy, const char *what, struct faas_error *error)
{
   long status = status_of(easy);
   if (is_success(easy)) {
      return RUNTIME_API_OK;
   }
   lambda_error_set(error,
                    "Provider.RuntimeApiRefused",
                    "Runtime API, %s: expected status 2xx, found %ld: %.*s",
                    what,
                    status,
                    api->answer.length > 500 ? 500 : (int)api->answer.length,
                    api->answer.length > 0 ? api->answer.bytes : "");
   if (status == 413) {
      return RUNTIME_API_TOO_LARGE;
   }
   return status >= 400 && status < 500 ? RUNTIME_API_REFUSED : RUNTIME_API_UNUSABLE;
}

static void
broken_event(const struct runtime_api *api, CURLcode result, struct faas_error *error)
{
   if (api->event_too_large) {
      lambda_error_set(error,
                       "Runtime.EventTooLarge",
                       "expected an event of at most %d bytes, found a larger one, or no memory for it",
                       RUNTIME_API_PAYLOAD_MAX);
   } else {
      lambda_error_set(error,
                       "Runtime.EventTruncated",
                       "expected the whole event, found its end after %zu bytes: %.300s",
                       api->event.length,
                       api->reason[0] != '\0' ? api->reason : curl_easy_strerror(result));
   }
}

enum runtime_api_result
runtime_api_next(struct runtime_api *api, struct runtime_api_event *event, struct faas_error *error)
{
   CURLcode result = CURLE_OK;
   *event = (struct runtime_api_event){.headers = &api->headers, .body = &api->event};
   for (int tries = 0; tries < NEXT_TRIES; tries++) {
      next_headers_clear(&api->headers);
      buffer_empty(&api->event);
      api->event_too_large = false;
      if (!transfer(api, api->next, true, &result)) {
         return RUNTIME_API_STOPPED;
      }
      /* libcurl is content with headers that end with the connection. */
      if (result == CURLE_OK && !api->headers.complete) {
         result = CURLE_RECV_ERROR;
      }
      if (result == CURLE_OK) {
         break;
      }
      if (api->headers.request_id[0] != '\0' && is_success(api->next)) {
         broken_event(api, result, error);
         return RUNTIME_API_BROKEN;
      }
   }
   if (result != CURLE_OK) {
      return unreachable(api, "next", result, error);
   }
   enum runtime_api_result status = judge_status(api, api->next, "next", error);
   if (status == RUNTIME_API_OK && api->headers.problem.type[0] != '\0') {
      *error = api->headers.problem;
      return RUNTIME_API_BROKEN;
   }
   return status;
}

/* NULL when memory is out. */
static struct curl_slist *
make_headers(const char *error_type)
{
   static const char *const fixed[] = {
      "Content-Type: application/json",
      /* libcurl waits up to a second for 100-continue before a large body unless told not to. */
      "Expect:",
   };
   char line[128];
   struct curl_slist *list = NULL;
   (void)snprintf(line, sizeof line, "Lambda-Runtime-Function-Error-Type: %.64s", error_type == NULL ? "" : error_type);
   for (size_t i = 0; i < (error_type == NULL ? 2 : 3); i++) {
      struct curl_slist *longer = curl_slist_append(list, i < 2 ? fixed[i] : line);
      if (longer == NULL) {
         curl_slist_free_all(list);
         return NULL;
      }
      list = longer;
   }
   return list;
}

static bool
set_post_headers(struct runtime_api *api, const struct runtime_api_post *post)
{
   struct curl_slist **headers = post->error_type == NULL ? &api->response_headers : &api->error_headers;
   if (post->error_type != NULL) {
      curl_slist_free_all(api->error_headers);
      api->error_headers = NULL;
   }
   if (*headers == NULL) {
      *headers = make_headers(post->error_type);
   }
   return *headers != NULL && curl_easy_setopt(api->post, CURLOPT_HTTPHEADER, *headers) == CURLE_OK;
}

/* Whether the API closed the kept connection while nothing was under way. libcurl looks for that itself, but recent
 * versions not every time, and a post must not be tried on a connection that is known to be dead. */
static bool
was_closed(curl_socket_t socket)
{
   char byte = 0;
   ssize_t got = socket == CURL_SOCKET_BAD ? -1 : recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
   return got == 0 || (got < 0 && socket != CURL_SOCKET_BAD && errno != EAGAIN && errno != EWOULDBLOCK);
}

static enum runtime_api_result
send_post(struct runtime_api *api,
          const char *what,
          const char *target,
          const struct runtime_api_post *post,
          struct faas_error *error)
{
   CURLcode result = CURLE_OK;
   if (!set_post_headers(api, post) || curl_easy_setopt(api->post, CURLOPT_REQUEST_TARGET, target) != CURLE_OK ||
       curl_easy_setopt(api->post, CURLOPT_FRESH_CONNECT, was_closed(api->socket) ? 1L : 0L) != CURLE_OK ||
       curl_easy_setopt(api->post, CURLOPT_POSTFIELDS, post->length == 0 ? "" : post->body) != CURLE_OK ||
       curl_easy_setopt(api->post, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->length) != CURLE_OK) {
      lambda_error_set(error, "Provider.OutOfMemory", "expected memory to answer with, found none");
      return RUNTIME_API_UNUSABLE;
   }
   (void)transfer(api, api->post, false, &result);
   /* Where the API has said what it makes of the post, it matters little how the connection ended. */
   if (result != CURLE_OK && status_of(api->post) < 200) {
      return unreachable(api, what, result, error);
   }
   return judge_status(api, api->post, what, error);
}

/* Percent-encoding of all but RFC 3986's unreserved characters: an id is opaque, and none may leave its path segment.
 * Returns the end. */
static char *
encode(char *to, const char *id)
{
   static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
   static const char digits[] = "0123456789ABCDEF";
   for (size_t i = 0; id[i] != '\0' && i < NEXT_HEADERS_ID_MAX; i++) {
      if (strchr(plain, id[i]) != NULL) {
         *to++ = id[i];
      } else {
         *to++ = '%';
         *to++ = digits[(unsigned char)id[i] / 16];
         *to++ = digits[(unsigned char)id[i] % 16];
      }
   }
   *to = '\0';
   return to;
}

static enum runtime_api_result
answer(struct runtime_api *api,
       const char *request_id,
       const char *what,
       const struct runtime_api_post *post,
       struct faas_error *error)
{
   char target[TARGET_MAX];
   char *end = encode(stpcpy(target, VERSION "/runtime/invocation/"), request_id);
   (void)stpcpy(stpcpy(end, "/"), what);
   return send_post(api, what, target, post, error);
}

enum runtime_api_result
runtime_api_respond(struct runtime_api *api,
                    const char *request_id,
                    const struct runtime_api_post *post,
                    struct faas_error *error)
{
   return answer(api, request_id, "response", post, error);
}

enum runtime_api_result
runtime_api_fail(struct runtime_api *api,
                 const char *request_id,
                 const struct runtime_api_post *post,
                 struct faas_error *error)
{
   return answer(api, request_id, "error", post, error);
}

enum runtime_api_result
runtime_api_init_failed(struct runtime_api *api, const struct runtime_api_post *post, struct faas_error *error)
{
   return send_post(api, "init/error", VERSION "/runtime/init/error", post, error);
}
