#include "runtime_state.h"

#include <string.h>

#define NOT_FOUND_BODY "404 page not found\n"

void
runtime_route_resume_waiting(struct runtime_api *api)
{
   for (unsigned i = 0; i < api->waiting_count; i++) {
      runtime_call_resume(&api->waiting[i]);
   }
   api->waiting_count = 0;
}

void
runtime_route_forget(struct runtime_api *api, const struct runtime_request *request)
{
   for (unsigned i = 0; i < api->waiting_count; i++) {
      if (api->waiting[i].request == request) {
         api->waiting_count--;
         memmove(&api->waiting[i], &api->waiting[i + 1], (api->waiting_count - i) * sizeof api->waiting[0]);
         return;
      }
   }
}

static void
wait_for_event(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (api->waiting_count > 0) {
      if (!runtime_state_is_closed(api->waiting[0].connection)) {
         violations_add(api->violations, "asked for the next event on two connections at the same time");
      }
      runtime_route_resume_waiting(api);
   }
   api->waiting[api->waiting_count++] = runtime_call_suspend(connection, request);
   api->asked = true;
   runtime_state_enter(api, RUNTIME_WAITING);
}

static enum MHD_Result
answer_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   bool several = api->workers > 1;
   if (request->resumed && !several) {
      return api->event == NULL ? MHD_NO : MHD_queue_response(connection, MHD_HTTP_OK, api->event);
   }
   if (api->phase == RUNTIME_INIT_FAILED) {
      violations_add(api->violations, "asked for an event after it posted to init/error");
      return runtime_refuse_transition(connection, api->phase, "Ready");
   }
   if (several) {
      return runtime_several_next(api, connection, request);
   }
   /* An answer on another connection may have broken off earlier, and be noticed later. */
   const struct runtime_call *answering = &api->answering;
   if (answering->connection != NULL && !answering->request->whole && runtime_state_is_closed(answering->connection)) {
      runtime_answer_break_off(api, answering->connection, answering->request);
   }
   if (api->phase == RUNTIME_BUSY) {
      /* AWS's emulator hands out the same event again. */
      violations_add(
         api->violations, "asked for the next event before it had answered request %s", api->slots[0].request_id);
      return MHD_queue_response(connection, MHD_HTTP_OK, api->event);
   }
   wait_for_event(api, connection, request);
   return MHD_YES;
}

/* restore/next and restore/error exist only for a function with SnapStart. A runtime asks restore/next after its init,
 * the snapshot is taken while it waits, and the answer comes once the process is restored. AWS's emulator serves the
 * same with --enable-init-caching, and 404 without. */
static enum MHD_Result
restore_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (request->resumed) {
      return MHD_queue_response(connection, MHD_HTTP_OK, api->accepted);
   }
   bool again = api->phase == RUNTIME_RESTORABLE && api->restore.waiting.connection == NULL;
   bool due = api->phase == RUNTIME_STARTING && !api->restore.done;
   if (!due && !again) {
      violations_add(api->violations, "called restore/next at the wrong time: it is allowed once, after its init");
      return runtime_refuse_transition(connection, api->phase, "Restoring");
   }
   api->restore.waiting = runtime_call_suspend(connection, request);
   runtime_state_enter(api, RUNTIME_RESTORABLE);
   return MHD_YES;
}

static enum MHD_Result
restore_error(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (!api->restore.done) {
      violations_add(api->violations, "posted to restore/error before it was restored");
      return runtime_refuse_transition(connection, api->phase, "RestoreError");
   }
   return runtime_answer_take_init_error(api, connection, request);
}

enum MHD_Result
runtime_route_dispatch(struct runtime_api *api,
                       struct MHD_Connection *connection,
                       struct runtime_request *request,
                       const char *method,
                       const char *path)
{
   if (api->closing) {
      return MHD_NO;
   }
   if (request->waits && !request->resumed) {
      return MHD_YES;
   }
   bool is_restore = request->route == ROUTE_RESTORE_NEXT || request->route == ROUTE_RESTORE_ERROR;
   switch (is_restore && !api->restore.served ? ROUTE_UNKNOWN_PATH : request->route) {
   case ROUTE_NEXT:
      return answer_next(api, connection, request);
   case ROUTE_RESPONSE:
   case ROUTE_ERROR:
      return runtime_answer_take(api, connection, request);
   case ROUTE_INIT_ERROR:
      return runtime_answer_take_init_error(api, connection, request);
   case ROUTE_RESTORE_NEXT:
      return restore_next(api, connection, request);
   case ROUTE_RESTORE_ERROR:
      return restore_error(api, connection, request);
   case ROUTE_EXTENSION_REGISTER:
      return extension_route_register(api, connection, request);
   case ROUTE_EXTENSION_NEXT:
      return extension_route_next(api, connection, request);
   case ROUTE_EXTENSION_INIT_ERROR:
   case ROUTE_EXTENSION_EXIT_ERROR:
      return extension_route_error(api, connection, request);
   case ROUTE_LOGS:
   case ROUTE_TELEMETRY:
      return extension_route_subscribe(connection, request);
   case ROUTE_UNKNOWN_METHOD:
      violations_add(api->violations, "called %.20s %.200s, which does not support that method", method, path);
      return runtime_reply_with(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "", "Allow", runtime_request_allowed(path));
   case ROUTE_UNKNOWN_PATH:
      break;
   }
   violations_add(api->violations, "called %.20s %.200s, which is not in the Runtime API", method, path);
   return runtime_reply_with(
      connection, MHD_HTTP_NOT_FOUND, NOT_FOUND_BODY, "Content-Type", "text/plain; charset=utf-8");
}

/* --- for the host ------------------------------------------------------------------------------------------------- */

void
runtime_api_serve_restore(struct runtime_api *api)
{
   pthread_mutex_lock(&api->lock);
   api->restore.served = true;
   pthread_mutex_unlock(&api->lock);
}

void
runtime_api_restore(struct runtime_api *api)
{
   pthread_mutex_lock(&api->lock);
   if (api->phase == RUNTIME_RESTORABLE) {
      api->restore.done = true;
      api->phase = RUNTIME_STARTING;
      runtime_call_resume(&api->restore.waiting);
   }
   pthread_mutex_unlock(&api->lock);
}
