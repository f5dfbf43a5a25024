/*
 * microhttpd_stand_in: what a fuzz target of an HTTP server has in the place of libmicrohttpd: no sockets and threads,
 * but the rules for handlers (one answer to each request, none while it is suspended, a body that is read to its end).
 */
#ifndef MICROHTTPD_STAND_IN_H
#define MICROHTTPD_STAND_IN_H

#include "fuzz_target.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <strings.h>

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
   char *method;     /* owned */
   const char *path; /* points behind it */
   struct headers headers;
   char *body;
   size_t length;
};

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
      case MHD_OPTION_CONNECTION_MEMORY_LIMIT:
         (void)va_arg(options, size_t);
         break;
      default:
         (void)va_arg(options, unsigned);
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

/* --- the input ---------------------------------------------------------------------------------------------------- */

/* Characters that are not allowed in an HTTP line become spaces. White space at its end is no part of it. */
static char *
take_http_line(const uint8_t **data, size_t *size)
{
   size_t length;
   char *line = take_line(data, size, &length);

   for (size_t i = 0; i < length; i++) {
      line[i] = line[i] == '\0' || line[i] == '\r' ? ' ' : line[i];
   }
   while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t')) {
      line[--length] = '\0';
   }
   return line;
}

/* Method and path, then headers, one per line; after an empty line comes the body. Returns false if there is no path.
 * Clear request in any case. */
static bool
take_request(struct request *request, const uint8_t *data, size_t size)
{
   char *line = take_http_line(&data, &size);
   char *space = strchr(line, ' ');

   *request = (struct request){.method = line, .path = space == NULL ? NULL : space + 1};
   if (space != NULL) {
      *space = '\0';
   }
   for (bool last = false; !last;) {
      char *header = take_http_line(&data, &size);
      char *colon = strchr(header, ':');

      last = header[0] == '\0';
      if (colon != NULL && request->headers.count < HEADERS_MAX) {
         *colon = '\0';
         add_header(&request->headers, header, colon + 1 + strspn(colon + 1, " \t"));
      }
      free(header);
   }
   request->body = copy_of(data, size);
   request->length = size;
   return space != NULL;
}

static void
clear_request(struct request *request)
{
   clear_headers(&request->headers);
   free(request->body);
   free(request->method);
}

#endif
