#include "kept_connection.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define WORDS_MAX 4096

/* libcurl's defaults are 16 and 64 KiB, and it waits for the socket before it sends each piece. Larger buffers than
 * these take some 5 % more time for a megabyte: each byte is copied once more, and the copies no longer fit into the
 * second-level cache of a core. */
#define RECEIVE_BUFFER_BYTES (128L * 1024)
#define SEND_BUFFER_BYTES (512L * 1024)

struct kept_connection {
   CURLM *multi;
   CURL *get; /* always the same URL */
   CURL *post;
   struct curl_slist *usual_headers; /* of every POST; they never change */
   struct curl_slist *more_headers;  /* those, and the ones of the current POST */
   char reason[CURL_ERROR_SIZE];
   const char *refusal; /* why before_post refused; libcurl then writes a reason of its own */
   int stop_descriptor;
   curl_socket_t socket; /* of the kept connection, as far as known */

   struct next_headers headers;
   struct buffer body;
   struct buffer words;
   bool too_large;
};

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
on_get_header(char *line, size_t size, size_t count, void *context)
{
   struct kept_connection *connection = context;
   next_headers_add(&connection->headers, line, size * count);
   return size * count;
}

static size_t
keep_words(struct kept_connection *connection, const char *bytes, size_t length)
{
   size_t room = connection->words.cap - connection->words.length;
   (void)buffer_add(&connection->words, bytes, length < room ? length : room);
   return length;
}

static size_t
on_get_body(char *bytes, size_t size, size_t count, void *context)
{
   struct kept_connection *connection = context;
   size_t length = size * count;
   if (connection->body.length == 0) {
      if (!is_success(connection->get)) {
         return keep_words(connection, bytes, length);
      }
      if (connection->headers.content_length > 0) {
         (void)buffer_reserve(&connection->body, (size_t)connection->headers.content_length);
      }
   }
   if (!buffer_add(&connection->body, bytes, length)) {
      connection->too_large = true;
      return 0;
   }
   return length;
}

static size_t
on_post_body(char *bytes, size_t size, size_t count, void *context)
{
   return keep_words(context, bytes, size * count);
}

/* When a kept connection turns out to be dead, libcurl sends a POST again. That must not happen once the API may have
 * read the first one, or an invocation would be answered twice. */
static int
before_post(void *context, char *ip, char *local_ip, int port, int local_port)
{
   struct kept_connection *connection = context;
   curl_off_t uploaded = 0;
   (void)ip;
   (void)local_ip;
   (void)port;
   (void)local_port;
   long sent = 0;
   (void)curl_easy_getinfo(connection->post, CURLINFO_REQUEST_SIZE, &sent);
   (void)curl_easy_getinfo(connection->post, CURLINFO_SIZE_UPLOAD_T, &uploaded);
   if (sent == 0 && uploaded == 0) {
      return CURL_PREREQFUNC_OK;
   }
   connection->refusal = "the connection ended, and the request is not sent again";
   return CURL_PREREQFUNC_ABORT;
}

/* Returns true when libcurl accepted every option. */
static bool
set_common(struct kept_connection *connection, CURL *easy, const char *url)
{
   CURLcode set = CURLE_OK;
#define SET(option, value) (set = set == CURLE_OK ? curl_easy_setopt(easy, option, value) : set)
   SET(CURLOPT_ERRORBUFFER, connection->reason);
   /* libcurl parses and rebuilds the URL for every transfer, so the URL has no path: the request target carries it. */
   SET(CURLOPT_URL, url);
   SET(CURLOPT_NOSIGNAL, 1L);
   /* A proxy from the environment must never see the Runtime API. This also keeps libcurl from looking for one each
    * time. */
   SET(CURLOPT_PROXY, "");
   SET(CURLOPT_NOPROXY, "*");
   SET(CURLOPT_PROTOCOLS_STR, "http");
   SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
   SET(CURLOPT_FOLLOWLOCATION, 0L);
   SET(CURLOPT_BUFFERSIZE, RECEIVE_BUFFER_BYTES);
   SET(CURLOPT_UPLOAD_BUFFERSIZE, SEND_BUFFER_BYTES);
   /* With its defaults libcurl 8.17 would reconnect after every freeze of 118 s, and after a day. */
   SET(CURLOPT_MAXAGE_CONN, 7L * 24 * 60 * 60);
   SET(CURLOPT_MAXLIFETIME_CONN, 0L);
   SET(CURLOPT_USERAGENT, "faas-harness");
   return set == CURLE_OK;
}

static bool
set_get(struct kept_connection *connection, const char *url)
{
   CURL *easy = connection->get;
   CURLcode set = CURLE_OK;
   SET(CURLOPT_TIMEOUT, 0L);
   SET(CURLOPT_HEADERFUNCTION, on_get_header);
   SET(CURLOPT_HEADERDATA, connection);
   SET(CURLOPT_WRITEFUNCTION, on_get_body);
   SET(CURLOPT_WRITEDATA, connection);
   return set == CURLE_OK && set_common(connection, easy, url);
}

static bool
set_post(struct kept_connection *connection, const char *url)
{
   CURL *easy = connection->post;
   CURLcode set = CURLE_OK;
   SET(CURLOPT_POST, 1L);
   SET(CURLOPT_WRITEFUNCTION, on_post_body);
   SET(CURLOPT_WRITEDATA, connection);
   SET(CURLOPT_PREREQFUNCTION, before_post);
   SET(CURLOPT_PREREQDATA, connection);
   return set == CURLE_OK && set_common(connection, easy, url);
}
#undef SET

struct kept_connection *
kept_connection_new(const struct kept_connection_settings *settings)
{
   struct kept_connection *connection = calloc(1, sizeof *connection);
   if (connection == NULL) {
      return NULL;
   }
   connection->stop_descriptor = settings->stop_descriptor;
   connection->socket = CURL_SOCKET_BAD;
   next_headers_init(&connection->headers);
   buffer_init(&connection->body, settings->get_max);
   buffer_init(&connection->words, WORDS_MAX);
   /* TLS is not used here, and setting it up would take most of the start. */
   if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK) {
      goto failed;
   }
   connection->multi = curl_multi_init();
   connection->get = curl_easy_init();
   connection->post = curl_easy_init();
   if (connection->multi == NULL || connection->get == NULL || connection->post == NULL ||
       !set_get(connection, settings->url) || !set_post(connection, settings->url)) {
      goto failed;
   }
   return connection;

failed:
   kept_connection_destroy(connection);
   return NULL;
}

void
kept_connection_destroy(struct kept_connection *connection)
{
   if (connection == NULL) {
      return;
   }
   curl_easy_cleanup(connection->get);
   curl_easy_cleanup(connection->post);
   curl_multi_cleanup(connection->multi);
   curl_slist_free_all(connection->usual_headers);
   curl_slist_free_all(connection->more_headers);
   next_headers_clear(&connection->headers);
   buffer_clear(&connection->body);
   buffer_clear(&connection->words);
   curl_global_cleanup();
   free(connection);
}

bool
kept_connection_renew(struct kept_connection *connection)
{
   CURLM *multi = curl_multi_init();
   if (multi == NULL) {
      return false;
   }
   curl_multi_cleanup(connection->multi);
   connection->multi = multi;
   connection->socket = CURL_SOCKET_BAD;
   return true;
}

/* Runs one transfer on the connection that both handles share. Returns false when it was abandoned, because a stop was
 * requested before any part of an invocation arrived. */
static bool
transfer(struct kept_connection *connection, CURL *easy, bool stoppable, CURLcode *result)
{
   int running = 0;
   bool stopped = false;
   bool watched = stoppable && connection->stop_descriptor >= 0;
   connection->reason[0] = '\0';
   connection->refusal = NULL;
   buffer_empty(&connection->words);
   (void)curl_multi_add_handle(connection->multi, easy);
   while (curl_multi_perform(connection->multi, &running) == CURLM_OK && running > 0) {
      struct curl_waitfd stop = {.fd = connection->stop_descriptor, .events = CURL_WAIT_POLLIN};
      if (stopped && connection->headers.request_id[0] == '\0') {
         break;
      }
      /* Any timeout will do: libcurl's own timers shorten it. */
      (void)curl_multi_poll(connection->multi, &stop, watched ? 1 : 0, 3600 * 1000, NULL);
      stopped = stopped || stop.revents != 0;
      watched = watched && !stopped;
   }
   *result = CURLE_RECV_ERROR;
   int left = 0;
   for (CURLMsg *message = curl_multi_info_read(connection->multi, &left); message != NULL;
        message = curl_multi_info_read(connection->multi, &left)) {
      if (message->msg == CURLMSG_DONE && message->easy_handle == easy) {
         *result = message->data.result;
         stopped = false;
      }
   }
   connection->socket = CURL_SOCKET_BAD;
   (void)curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &connection->socket);
   (void)curl_multi_remove_handle(connection->multi, easy);
   return !stopped;
}

static void
tell(const struct kept_connection *connection, CURL *easy, CURLcode result, struct kept_connection_answer *answer)
{
   *answer = (struct kept_connection_answer){.status = status_of(easy),
                                             .succeeded = is_success(easy),
                                             .too_large = connection->too_large,
                                             .headers = &connection->headers,
                                             .body = &connection->body,
                                             .words = &connection->words};
   if (result != CURLE_OK) {
      const char *reason = connection->reason[0] != '\0' ? connection->reason : curl_easy_strerror(result);
      answer->fault = connection->refusal != NULL ? connection->refusal : reason;
   }
}

bool
kept_connection_get(struct kept_connection *connection, const char *target, struct kept_connection_answer *answer)
{
   CURLcode result = CURLE_OK;
   next_headers_clear(&connection->headers);
   buffer_empty(&connection->body);
   connection->too_large = false;
   if (curl_easy_setopt(connection->get, CURLOPT_REQUEST_TARGET, target) != CURLE_OK) {
      *answer = (struct kept_connection_answer){.fault = "out of memory", .headers = &connection->headers};
      return true;
   }
   bool ended = transfer(connection, connection->get, true, &result);
   /* libcurl accepts headers that are cut off by the end of the connection. */
   if (result == CURLE_OK && !connection->headers.complete) {
      result = CURLE_RECV_ERROR;
   }
   tell(connection, connection->get, result, answer);
   return ended;
}

/* Returns false when out of memory; the list is then freed. */
static bool
append(struct curl_slist **list, const char *line)
{
   struct curl_slist *longer = curl_slist_append(*list, line);
   if (longer == NULL) {
      curl_slist_free_all(*list);
   }
   *list = longer;
   return longer != NULL;
}

/* Returns NULL when out of memory. */
static struct curl_slist *
make_headers(const char *const more[KEPT_CONNECTION_HEADERS_MAX])
{
   struct curl_slist *list = NULL;
   /* Before a large body libcurl waits up to a second for 100-continue unless told not to. */
   bool done = append(&list, "Content-Type: application/json") && append(&list, "Expect:");
   for (size_t i = 0; done && i < KEPT_CONNECTION_HEADERS_MAX && more[i] != NULL; i++) {
      done = append(&list, more[i]);
   }
   return list;
}

static bool
set_post_headers(struct kept_connection *connection, const char *const more[KEPT_CONNECTION_HEADERS_MAX])
{
   struct curl_slist **headers = more[0] == NULL ? &connection->usual_headers : &connection->more_headers;
   if (more[0] != NULL) {
      curl_slist_free_all(connection->more_headers);
      connection->more_headers = NULL;
   }
   if (*headers == NULL) {
      *headers = make_headers(more);
   }
   return *headers != NULL && curl_easy_setopt(connection->post, CURLOPT_HTTPHEADER, *headers) == CURLE_OK;
}

/* Whether the API closed the kept connection while no transfer was in progress. libcurl checks that itself, but recent
 * versions not every time, and a POST must not be tried on a connection that is known to be dead. */
static bool
was_closed(curl_socket_t socket)
{
   char byte = 0;
   ssize_t got = socket == CURL_SOCKET_BAD ? -1 : recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
   return got == 0 || (got < 0 && socket != CURL_SOCKET_BAD && errno != EAGAIN && errno != EWOULDBLOCK);
}

bool
kept_connection_post(struct kept_connection *connection,
                     const struct kept_connection_post *post,
                     struct kept_connection_answer *answer)
{
   CURL *easy = connection->post;
   CURLcode result = CURLE_OK;
   if (!set_post_headers(connection, post->headers) ||
       curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, post->target) != CURLE_OK ||
       curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, was_closed(connection->socket) ? 1L : 0L) != CURLE_OK ||
       curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post->length == 0 ? "" : post->body) != CURLE_OK ||
       curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->length) != CURLE_OK) {
      return false;
   }
   (void)transfer(connection, easy, false, &result);
   tell(connection, easy, result, answer);
   return true;
}
