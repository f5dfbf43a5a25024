#include "runtime_api.h"

#include "clock.h"
#include "error.h"
#include "http_daemon.h"
#include "runtime_event.h"
#include "runtime_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A process on Lambda has at most 1,024 descriptors, and so has each of its children. */
#define CONNECTIONS_MAX 1000
/* Bodies are read in pieces of about this size. */
#define CONNECTION_MEMORY (64 * 1024)
/* How long to wait for open connections after the process ended: processes that hold them may outlive it. */
#define SETTLE_MAX_MS 2000
/* The same with several workers: workers that are separate processes outlive it, and are not waited for. */
#define SETTLE_SEVERAL_MAX_MS 200

static bool
is_answer(const struct runtime_request *request)
{
   return request->route == ROUTE_RESPONSE || request->route == ROUTE_ERROR;
}

static bool
awaits_answer(struct runtime_api *api, const struct runtime_request *request)
{
   const struct runtime_slot *slot =
      api->workers == 1 ? &api->slots[0] : runtime_several_find(api, request->request_id);
   return slot != NULL && !slot->has_answer && (slot->open || api->workers == 1);
}

static enum MHD_Result
on_request(void *context,
           struct MHD_Connection *connection,
           const char *target,
           const char *method,
           const char *version,
           const char *data,
           size_t *length,
           void **state)
{
   (void)version;
   struct runtime_api *api = context;
   struct runtime_request *request = *state;
   const char *path = http_daemon_path(target);
   if (request == NULL) {
      *state = request = runtime_request_new(method, path);
      if (request == NULL) {
         return MHD_NO;
      }
      pthread_mutex_lock(&api->lock);
      request->begun_unanswered = awaits_answer(api, request);
      if (request->begun_unanswered && is_answer(request) && api->workers == 1) {
         api->answering = (struct runtime_call){.connection = connection, .request = request};
      }
      pthread_mutex_unlock(&api->lock);
      return MHD_YES;
   }
   if (*length > 0) {
      runtime_request_add(request, data, *length, RUNTIME_ANSWER_MAX);
      *length = 0;
      return MHD_YES;
   }
   request->whole = true;
   pthread_mutex_lock(&api->lock);
   enum MHD_Result result = runtime_route_dispatch(api, connection, request, method, path);
   pthread_mutex_unlock(&api->lock);
   return result;
}

static void
on_request_end(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode reason)
{
   struct runtime_api *api = context;
   struct runtime_request *request = *state;
   pthread_mutex_lock(&api->lock);
   bool aborted = reason == MHD_REQUEST_TERMINATED_CLIENT_ABORT && !api->closing;
   if (request != NULL && is_answer(request) && aborted && request->begun_unanswered && !request->whole) {
      runtime_answer_break_off(api, connection, request);
   }
   if (request != NULL && api->answering.request == request) {
      api->answering = (struct runtime_call){0};
   }
   if (request != NULL && api->restore.waiting.request == request) {
      api->restore.waiting = (struct runtime_call){0};
   }
   if (request != NULL) {
      runtime_route_forget(api, request);
      extensions_forget(&api->extensions, request);
   }
   pthread_mutex_unlock(&api->lock);
   if (request != NULL && request->event != NULL) {
      MHD_destroy_response(request->event);
   }
   runtime_request_destroy(request);
   *state = NULL;
}

static void
on_connection(void *context,
              struct MHD_Connection *connection,
              void **state,
              enum MHD_ConnectionNotificationCode notification)
{
   (void)connection;
   (void)state;
   struct runtime_api *api = context;
   pthread_mutex_lock(&api->lock);
   if (notification == MHD_CONNECTION_NOTIFY_STARTED) {
      api->open_connections++;
   } else {
      api->open_connections--;
   }
   pthread_mutex_unlock(&api->lock);
}

/* --- for the host ------------------------------------------------------------------------------------------------- */

struct runtime_api *
runtime_api_new(const struct function_config *config,
                struct violations *violations,
                int wake,
                struct drill_error *error)
{
   struct runtime_api *api = calloc(1, sizeof *api);
   if (api == NULL) {
      drill_error_set(error, "out of memory: could not create the Runtime API");
      return NULL;
   }
   api->config = config;
   api->workers = config->concurrency > 1 ? config->concurrency : 1;
   api->violations = violations;
   api->wake = wake;
   pthread_mutex_init(&api->lock, NULL);
   api->slots = calloc(api->workers, sizeof *api->slots);
   api->waiting = calloc(api->workers, sizeof *api->waiting);
   if (api->slots == NULL || api->waiting == NULL) {
      drill_error_set(error, "out of memory: could not create the Runtime API");
      runtime_api_destroy(api);
      return NULL;
   }
   struct sockaddr_in address = http_daemon_address(0);
   static char ok[] = "{\"status\":\"OK\"}\n";
   api->accepted = MHD_create_response_from_buffer(sizeof ok - 1, ok, MHD_RESPMEM_PERSISTENT);
   unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
   if (api->accepted != NULL && MHD_add_response_header(api->accepted, "Content-Type", "application/json")) {
      api->daemon = MHD_start_daemon(flags,
                                     0,
                                     NULL,
                                     NULL,
                                     on_request,
                                     api,
                                     MHD_OPTION_SOCK_ADDR,
                                     (struct sockaddr *)&address,
                                     MHD_OPTION_CONNECTION_LIMIT,
                                     (unsigned)CONNECTIONS_MAX,
                                     MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                     (size_t)CONNECTION_MEMORY,
                                     MHD_OPTION_NOTIFY_COMPLETED,
                                     on_request_end,
                                     api,
                                     MHD_OPTION_NOTIFY_CONNECTION,
                                     on_connection,
                                     api,
                                     MHD_OPTION_END);
   }
   int error_number = errno;
   api->port = http_daemon_port(api->daemon);
   if (api->port == 0) {
      if (shortage_is(error_number)) {
         shortage_tell(error, "serve the Runtime API", error_number);
      } else {
         drill_error_set(error, "cannot open a port of 127.0.0.1 for the Runtime API: %s", strerror(error_number));
      }
      runtime_api_destroy(api);
      return NULL;
   }
   return api;
}

void
runtime_api_destroy(struct runtime_api *api)
{
   if (api == NULL) {
      return;
   }
   pthread_mutex_lock(&api->lock);
   api->closing = true;
   runtime_route_resume_waiting(api); /* libmicrohttpd can't stop while a connection is suspended */
   runtime_call_resume(&api->restore.waiting);
   extensions_resume(&api->extensions, true);
   pthread_mutex_unlock(&api->lock);
   if (api->daemon != NULL) {
      MHD_stop_daemon(api->daemon);
   }
   if (api->accepted != NULL) {
      MHD_destroy_response(api->accepted);
   }
   if (api->event != NULL) {
      MHD_destroy_response(api->event);
   }
   free(api->extension_event);
   for (unsigned i = 0; api->slots != NULL && i < api->workers; i++) {
      free(api->slots[i].answer.payload);
   }
   free(api->slots);
   free(api->waiting);
   pthread_mutex_destroy(&api->lock);
   free(api);
}

unsigned
runtime_api_port(const struct runtime_api *api)
{
   return api->port;
}

enum runtime_phase
runtime_api_phase(struct runtime_api *api, int64_t *since_us)
{
   pthread_mutex_lock(&api->lock);
   enum runtime_phase phase = api->phase;
   if (phase == RUNTIME_WAITING && extensions_busy(&api->extensions, api->given) != NULL) {
      phase = api->given ? RUNTIME_ANSWERED : RUNTIME_STARTING;
   }
   if (since_us != NULL) {
      *since_us = api->since_us;
   }
   pthread_mutex_unlock(&api->lock);
   return phase;
}

int
runtime_api_hand_out(struct runtime_api *api, const struct runtime_event *event, struct drill_error *error)
{
   struct runtime_slot *slot = &api->slots[0];
   char invocation_id[sizeof slot->invocation_id];
   struct MHD_Response *response = runtime_event_response(event, invocation_id, error);
   if (response == NULL) {
      return -1;
   }
   pthread_mutex_lock(&api->lock);
   char *extension_event = api->extensions.count > 0 ? extension_route_event(event) : NULL;
   if (extension_event == NULL && api->extensions.count > 0) {
      pthread_mutex_unlock(&api->lock);
      MHD_destroy_response(response);
      return drill_error_set(error, "out of memory: could not send an event to extensions");
   }
   free(api->extension_event);
   api->extension_event = extension_event;
   if (api->event != NULL) {
      MHD_destroy_response(api->event);
   }
   api->event = response;
   api->given = true;
   memcpy(slot->request_id, event->request_id, sizeof slot->request_id);
   memcpy(slot->invocation_id, invocation_id, sizeof slot->invocation_id);
   slot->refused_as_too_large = false;
   api->phase = RUNTIME_BUSY;
   api->since_us = clock_now_us();
   for (size_t i = 0; i < api->extensions.count; i++) {
      struct extension *extension = &api->extensions.all[i];
      if (extension->wants_invoke && extension->state == EXTENSION_READY) {
         extension->state = EXTENSION_RUNNING;
      }
   }
   extensions_resume(&api->extensions, false);
   runtime_route_resume_waiting(api);
   pthread_mutex_unlock(&api->lock);
   return 0;
}

void
runtime_api_extensions(struct runtime_api *api, struct extensions *copy)
{
   pthread_mutex_lock(&api->lock);
   *copy = api->extensions;
   pthread_mutex_unlock(&api->lock);
}

bool
runtime_api_awaits_extension(struct runtime_api *api, char *name, size_t size)
{
   pthread_mutex_lock(&api->lock);
   const struct extension *busy = api->phase == RUNTIME_WAITING ? extensions_busy(&api->extensions, api->given) : NULL;
   if (busy != NULL && name != NULL) {
      snprintf(name, size, "%s", busy->name);
   }
   pthread_mutex_unlock(&api->lock);
   return busy != NULL;
}

const char *
runtime_api_extension_error(struct runtime_api *api)
{
   pthread_mutex_lock(&api->lock);
   const char *type = api->extensions.fatal_error;
   pthread_mutex_unlock(&api->lock);
   return type;
}

bool
runtime_api_take_answer(struct runtime_api *api, unsigned slot, struct runtime_answer *answer)
{
   pthread_mutex_lock(&api->lock);
   struct runtime_slot *taken = &api->slots[slot];
   bool has_answer = taken->has_answer;
   if (has_answer) {
      *answer = taken->answer;
      taken->answer.payload = NULL;
      taken->has_answer = false;
      taken->open = false;
   }
   pthread_mutex_unlock(&api->lock);
   return has_answer;
}

void
runtime_api_expect_end(struct runtime_api *api)
{
   pthread_mutex_lock(&api->lock);
   api->host_ends = true;
   pthread_mutex_unlock(&api->lock);
}

void
runtime_api_settle(struct runtime_api *api)
{
   const int most_ms = api->workers > 1 ? SETTLE_SEVERAL_MAX_MS : SETTLE_MAX_MS;
   for (int waited_ms = 0; waited_ms < most_ms; waited_ms++) {
      pthread_mutex_lock(&api->lock);
      unsigned suspended = api->waiting_count + (api->restore.waiting.connection != NULL ? 1u : 0u) +
                           extensions_waiting(&api->extensions);
      bool settled = api->open_connections <= suspended;
      pthread_mutex_unlock(&api->lock);
      if (settled) {
         return;
      }
      clock_sleep_us(1000);
   }
}
