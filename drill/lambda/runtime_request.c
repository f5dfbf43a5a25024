#include "runtime_request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BASE "/2018-06-01/runtime/"

/* All paths except those with an id in them. */
static const struct fixed_route {
   const char *path;
   enum runtime_route route;
   const char *method;
} fixed_routes[] = {
   {BASE "invocation/next", ROUTE_NEXT, "GET"},
   {BASE "init/error", ROUTE_INIT_ERROR, "POST"},
   {BASE "restore/next", ROUTE_RESTORE_NEXT, "GET"},
   {BASE "restore/error", ROUTE_RESTORE_ERROR, "POST"},
   {"/2020-01-01/extension/register", ROUTE_EXTENSION_REGISTER, "POST"},
   {"/2020-01-01/extension/event/next", ROUTE_EXTENSION_NEXT, "GET"},
   {"/2020-01-01/extension/init/error", ROUTE_EXTENSION_INIT_ERROR, "POST"},
   {"/2020-01-01/extension/exit/error", ROUTE_EXTENSION_EXIT_ERROR, "POST"},
   {"/2020-08-15/logs", ROUTE_LOGS, "PUT"},
   {"/2022-07-01/telemetry", ROUTE_TELEMETRY, "PUT"},
};

static const struct fixed_route *
find_fixed(const char *path)
{
   for (size_t i = 0; i < sizeof fixed_routes / sizeof fixed_routes[0]; i++) {
      if (strcmp(path, fixed_routes[i].path) == 0) {
         return &fixed_routes[i];
      }
   }
   return NULL;
}

const char *
runtime_request_allowed(const char *path)
{
   const struct fixed_route *fixed = find_fixed(path);
   return fixed != NULL ? fixed->method : "POST";
}

/* invocation/ID/response and invocation/ID/error */
static enum runtime_route
parse_answer(const char *path, char *id, size_t size)
{
   const char *slash = strchr(path, '/');
   if (slash == NULL) {
      return ROUTE_UNKNOWN_PATH;
   }
   size_t length = (size_t)(slash - path);
   size_t kept = length < size ? length : size - 1;
   memcpy(id, path, kept);
   id[kept] = '\0';
   if (strcmp(slash, "/response") == 0) {
      return ROUTE_RESPONSE;
   }
   return strcmp(slash, "/error") == 0 ? ROUTE_ERROR : ROUTE_UNKNOWN_PATH;
}

static enum runtime_route
parse_path(const char *path, char *id, size_t size)
{
   static const char invocation[] = BASE "invocation/";
   const struct fixed_route *fixed = find_fixed(path);
   if (fixed != NULL) {
      return fixed->route;
   }
   if (strncmp(path, invocation, sizeof invocation - 1) == 0) {
      return parse_answer(path + sizeof invocation - 1, id, size);
   }
   return ROUTE_UNKNOWN_PATH;
}

struct runtime_request *
runtime_request_new(const char *method, const char *path)
{
   struct runtime_request *request = calloc(1, sizeof *request);
   if (request != NULL) {
      request->route = parse_path(path, request->request_id, sizeof request->request_id);
      if (request->route != ROUTE_UNKNOWN_PATH && strcmp(method, runtime_request_allowed(path)) != 0) {
         request->route = ROUTE_UNKNOWN_METHOD;
      }
   }
   return request;
}

void
runtime_request_destroy(struct runtime_request *request)
{
   if (request != NULL) {
      free(request->body);
      free(request);
   }
}

void
runtime_request_add(struct runtime_request *request, const char *data, size_t length, size_t max)
{
   size_t before = request->length;
   if (request->no_memory) {
      return;
   }
   request->length = length > SIZE_MAX - before ? SIZE_MAX : before + length;
   if (request->length > max) {
      request->too_large = true;
      return;
   }
   size_t wanted = request->length + 1;
   if (wanted > request->room) {
      size_t room = wanted > max / 2 ? max + 1 : wanted * 2;
      char *body = realloc(request->body, room);
      if (body == NULL) {
         request->no_memory = true;
         request->length = before;
         return;
      }
      request->body = body;
      request->room = room;
   }
   memcpy(request->body + before, data, length);
   request->body[request->length] = '\0';
}

struct runtime_call
runtime_call_suspend(struct MHD_Connection *connection, struct runtime_request *request)
{
   request->waits = true;
   MHD_suspend_connection(connection);
   return (struct runtime_call){.connection = connection, .request = request};
}

void
runtime_call_resume(struct runtime_call *call)
{
   if (call->connection != NULL) {
      call->request->resumed = true;
      MHD_resume_connection(call->connection);
      *call = (struct runtime_call){0};
   }
}
