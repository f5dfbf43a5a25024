/* Receives requests on libmicrohttpd's thread: refuses them or puts them into the queue, and sends their answers. */
#include "server_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* Limits: the bytes of all events received or waiting, and the bytes read and dropped of a body that was refused. */
static const size_t HELD_MAX = 64 * 1024 * 1024;
static const size_t DISCARDED_MAX = 64 * 1024 * 1024;

/* --- requests ----------------------------------------------------------------------------------------------------- */

static int64_t
now_unix_ms(void)
{
   struct timespec now;

   (void)clock_gettime(CLOCK_REALTIME, &now);
   return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *
header(void *connection, const char *name)
{
   return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result
count_lengths(void *count, enum MHD_ValueKind kind, const char *name, const char *value)
{
   (void)kind;
   (void)value;
   if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0 ||
       strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
      ++*(unsigned *)count;
   }
   return MHD_YES;
}

/* A request with two lengths can smuggle another one past a proxy (RFC 9112, 6.3). */
static bool
has_two_lengths(struct MHD_Connection *connection)
{
   unsigned count = 0;

   (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, count_lengths, &count);
   return count > 1;
}

static unsigned
refusal(const struct server *server, struct MHD_Connection *connection, const char *path, const char *method)
{
   const char *length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);

   if (strcmp(method, MHD_HTTP_METHOD_POST) != 0) {
      return MHD_HTTP_METHOD_NOT_ALLOWED;
   }
   if (server->platform->call_path && strcmp(path, server->platform->call_path) != 0) {
      return MHD_HTTP_NOT_FOUND;
   }
   if (has_two_lengths(connection)) {
      return MHD_HTTP_BAD_REQUEST;
   }
   return length && strtoull(length, NULL, 10) > server->limits.max_event_bytes ? MHD_HTTP_CONTENT_TOO_LARGE : 0;
}

static struct request *
request_new(struct server *server, struct MHD_Connection *connection, const char *path, const char *method)
{
   const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
   struct request *request = calloc(1, sizeof *request);

   if (!request || !info) {
      free(request);
      return NULL;
   }
   request->server = server;
   request->connection = connection;
   request->socket = info->connect_fd;
   request->health = strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
   request->refused = request->health ? 0 : refusal(server, connection, path, method);
   return request;
}

/* Takes count bytes of the limit that all requests share. */
static bool
hold(struct server *server, size_t count)
{
   bool held;

   pthread_mutex_lock(&server->lock);
   held = count <= HELD_MAX - server->held;
   if (held) {
      server->held += count;
   }
   pthread_mutex_unlock(&server->lock);
   return held;
}

static void
drop_body(struct request *request)
{
   pthread_mutex_lock(&request->server->lock);
   request->server->held -= request->capacity;
   pthread_mutex_unlock(&request->server->lock);
   free(request->body);
   request->body = NULL;
   request->length = request->capacity = 0;
}

static unsigned
reserve(struct request *request, size_t capacity)
{
   char *body;

   if (!hold(request->server, capacity - request->capacity)) {
      return MHD_HTTP_TOO_MANY_REQUESTS;
   }
   body = realloc(request->body, capacity);
   if (!body) {
      pthread_mutex_lock(&request->server->lock);
      request->server->held -= capacity - request->capacity;
      pthread_mutex_unlock(&request->server->lock);
      return MHD_HTTP_SERVICE_UNAVAILABLE;
   }
   request->body = body;
   request->capacity = capacity;
   return 0;
}

static void
add(struct request *request, const char *bytes, size_t length)
{
   size_t max = request->server->limits.max_event_bytes;

   if (length > max - request->length) {
      request->refused = MHD_HTTP_CONTENT_TOO_LARGE;
   } else if (length > request->capacity - request->length) {
      size_t twice = request->capacity * 2 < max ? request->capacity * 2 : max;

      request->refused = reserve(request, request->length + length > twice ? request->length + length : twice);
   }
   if (request->refused) {
      drop_body(request);
      return;
   }
   memcpy(request->body + request->length, bytes, length);
   request->length += length;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

/* Why a request is refused with this status, as a JSON text. */
static const char *
refusal_text(unsigned status)
{
   switch (status) {
   case MHD_HTTP_NOT_FOUND:
      return "{\"errorType\":\"Event.Refused\",\"errorMessage\":\"this path is not the platform's\"}";
   case MHD_HTTP_METHOD_NOT_ALLOWED:
      return "{\"errorType\":\"Event.Refused\",\"errorMessage\":\"the method must be POST with an event, or GET to "
             "check that it is ready\"}";
   case MHD_HTTP_CONTENT_TOO_LARGE:
      return "{\"errorType\":\"Event.TooLarge\",\"errorMessage\":\"the event is larger than max_event_bytes; send less "
             "or raise the option\"}";
   case MHD_HTTP_TOO_MANY_REQUESTS:
      return "{\"errorType\":\"Event.TooMany\",\"errorMessage\":\"too many events at once; send it again later, or "
             "raise the options max_open_invocations and max_queued\"}";
   case MHD_HTTP_SERVICE_UNAVAILABLE:
      return "{\"errorType\":\"Event.NotTaken\",\"errorMessage\":\"the harness is stopping, or out of memory: send it "
             "to another instance\"}";
   case MHD_HTTP_BAD_REQUEST:
      return "{\"errorType\":\"Event.Refused\",\"errorMessage\":\"the request has several lengths of its body\"}";
   default:
      return "{\"errorType\":\"Provider.OutOfMemory\",\"errorMessage\":\"out of memory for the answer\"}";
   }
}

/* With the headers that the status requires. */
static enum MHD_Result
queue(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
   enum MHD_Result result = MHD_NO;

   if (response) {
      (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
      if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
         (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD, POST");
      }
      if (status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE) {
         (void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
      }
      if (status == MHD_HTTP_BAD_REQUEST || status == MHD_HTTP_SERVICE_UNAVAILABLE) {
         (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
      }
      result = MHD_queue_response(connection, status, response);
      MHD_destroy_response(response);
   }
   return result;
}

/* text must be a literal. */
static enum MHD_Result
send_text(struct MHD_Connection *connection, unsigned status, const char *text)
{
   size_t length = strlen(text);

   return queue(
      connection, status, MHD_create_response_from_buffer(length, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT));
}

/* Senders recognise an answer that is an event by these (CloudEvents, HTTP protocol binding, binary mode). */
static void
add_cloud_event(struct MHD_Response *response, const char *id)
{
   char answer_id[EVENT_ID_MAX + sizeof ".report"];

   snprintf(answer_id, sizeof answer_id, "%s.report", id);
   (void)MHD_add_response_header(response, "ce-specversion", "1.0");
   (void)MHD_add_response_header(response, "ce-id", answer_id);
   (void)MHD_add_response_header(response, "ce-source", "faas-harness");
   (void)MHD_add_response_header(response, "ce-type", "faas-harness.report");
}

/* Takes *answer, which comes from malloc, and sets it to NULL; when out of memory it stays the caller's. */
static enum MHD_Result
send_event_answer(
   struct MHD_Connection *connection, unsigned status, char **answer, size_t length, const struct event *event)
{
   struct MHD_Response *response = MHD_create_response_from_buffer(length, *answer, MHD_RESPMEM_MUST_FREE);

   if (response) {
      *answer = NULL;
      if (event->envelope == ENVELOPE_CLOUD_EVENT) {
         add_cloud_event(response, event->id);
      }
   }
   return queue(connection, status, response);
}

static enum MHD_Result
send_refusal(const struct request *request, unsigned status, const char *text)
{
   unsigned platforms = request->server->platform->refused_status;

   return send_text(request->connection, platforms ? platforms : status, text);
}

static enum MHD_Result
send_answer(struct request *request)
{
   if (!request->answer) {
      unsigned status =
         request->status == MHD_HTTP_SERVICE_UNAVAILABLE ? request->status : MHD_HTTP_INTERNAL_SERVER_ERROR;

      return send_refusal(request, status, refusal_text(status));
   }
   return send_event_answer(
      request->connection, request->status, &request->answer, request->answer_length, &request->event);
}

/* --- libmicrohttpd's thread --------------------------------------------------------------------------------------- */

/* Call with the lock held. Returns 0, or the status of the refusal. */
static unsigned
admission(const struct server *server)
{
   return server->closing ? MHD_HTTP_SERVICE_UNAVAILABLE
          : server->queued + server->open >= server->limits.max_open + server->limits.max_queued
             ? MHD_HTTP_TOO_MANY_REQUESTS
             : 0;
}

static enum MHD_Result
enqueue(struct request *request)
{
   struct server *server = request->server;
   const uint64_t one = 1;
   const char *why;
   unsigned refused;

   why = platform_read_event(
      server->platform, header, request->connection, now_unix_ms(), request->body, request->length, &request->event);
   if (why) {
      return send_refusal(request, MHD_HTTP_BAD_REQUEST, why);
   }
   pthread_mutex_lock(&server->lock);
   refused = admission(server);
   if (!refused) {
      if (request->event.id[0] == '\0') {
         snprintf(request->event.id, sizeof request->event.id, "http-%llu", (unsigned long long)++server->count);
      }
      MHD_suspend_connection(request->connection);
      request->state = STATE_QUEUED;
      *(server->last ? &server->last->next : &server->first) = request;
      server->last = request;
      server->queued++;
      (void)!write(server->arrivals, &one, sizeof one);
   }
   pthread_mutex_unlock(&server->lock);
   return refused ? send_refusal(request, refused, refusal_text(refused)) : MHD_YES;
}

static enum MHD_Result
take_bytes(struct request *request, const char *bytes, size_t length)
{
   if (!request->refused && !request->health) {
      add(request, bytes, length);
      return MHD_YES;
   }
   request->discarded += length;
   return request->discarded <= DISCARDED_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result
whole(struct request *request)
{
   struct server *server = request->server;
   enum state state;

   pthread_mutex_lock(&server->lock);
   state = request->state;
   pthread_mutex_unlock(&server->lock);
   if (state == STATE_ANSWERED) {
      return send_answer(request);
   }
   if (request->refused) {
      return send_refusal(request, request->refused, refusal_text(request->refused));
   }
   if (request->health) {
      return send_text(request->connection, MHD_HTTP_OK, "{\"ready\":true}");
   }
   return state == STATE_READING ? enqueue(request) : MHD_YES;
}

enum MHD_Result
server_on_request(void *context,
                  struct MHD_Connection *connection,
                  const char *path,
                  const char *method,
                  const char *version,
                  const char *bytes,
                  size_t *length,
                  void **state)
{
   struct request *request = *state;
   enum MHD_Result result;

   (void)version;
   if (!request) {
      *state = request = request_new(context, connection, path, method);
      /* A client that asks before it sends the body is refused at once. */
      return !request                                                         ? MHD_NO
             : request->refused && header(connection, MHD_HTTP_HEADER_EXPECT) ? whole(request)
                                                                              : MHD_YES;
   }
   if (*length == 0) {
      return whole(request);
   }
   result = take_bytes(request, bytes, *length);
   *length = 0;
   return result;
}

void
server_on_request_end(void *context,
                      struct MHD_Connection *connection,
                      void **state,
                      enum MHD_RequestTerminationCode reason)
{
   struct server *server = context;
   struct request *request = *state;

   (void)connection;
   (void)reason;
   if (!request) {
      return;
   }
   *state = NULL;
   drop_body(request);
   pthread_mutex_lock(&server->lock);
   if (request->state == STATE_ANSWERED) {
      server->unsent--;
      (void)pthread_cond_signal(&server->sent);
   }
   pthread_mutex_unlock(&server->lock);
   free(request->answer);
   free(request);
}
