#include "runtime_state.h"

#include "runtime_event.h"

#include <string.h>

#define TOO_MANY_BODY "{\"errorMessage\":\"Internal Server Error\",\"errorType\":\"InternalServerError\"}\n"

/* --- calls for the next event ------------------------------------------------------------------------------------- */

static void
let_go(struct runtime_api *api, unsigned number)
{
   struct runtime_call *call = &api->waiting[number];
   runtime_call_resume(call);
   api->waiting_count--;
   memmove(call, call + 1, (api->waiting_count - number) * sizeof *call);
}

/* Removes workers that gave up waiting. */
static void
drop_closed(struct runtime_api *api)
{
   for (unsigned i = 0; i < api->waiting_count;) {
      if (runtime_state_is_closed(api->waiting[i].connection)) {
         let_go(api, i);
      } else {
         i++;
      }
   }
}

enum MHD_Result
runtime_several_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (request->resumed) {
      return request->event == NULL ? MHD_NO : MHD_queue_response(connection, MHD_HTTP_OK, request->event);
   }
   drop_closed(api);
   if (api->waiting_count == api->workers) {
      violations_add(api->violations,
                     "asked for the next event while %u calls already wait: AWS_LAMBDA_MAX_CONCURRENCY is %u",
                     api->waiting_count,
                     api->workers);
      return runtime_reply(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, TOO_MANY_BODY);
   }
   api->waiting[api->waiting_count++] = runtime_call_suspend(connection, request);
   api->asked = true;
   if (api->phase != RUNTIME_WAITING) {
      runtime_state_enter(api, RUNTIME_WAITING);
   }
   return MHD_YES;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

struct runtime_slot *
runtime_several_find(struct runtime_api *api, const char *request_id)
{
   for (unsigned i = 0; i < api->workers; i++) {
      if (strcmp(api->slots[i].request_id, request_id) == 0) {
         return &api->slots[i];
      }
   }
   return NULL;
}

static bool
is_late(struct runtime_api *api, const char *request_id)
{
   for (unsigned i = 0; i < RUNTIME_LATE_MAX; i++) {
      if (request_id[0] != '\0' && strcmp(api->late[i], request_id) == 0) {
         api->late[i][0] = '\0';
         return true;
      }
   }
   return false;
}

enum MHD_Result
runtime_several_refuse(struct runtime_api *api,
                       struct MHD_Connection *connection,
                       const struct runtime_request *request)
{
   /* The function's code went on after the time limit, as it should. */
   if (is_late(api, request->request_id)) {
      return runtime_reply(connection, MHD_HTTP_GONE, REPLY_TIMED_OUT);
   }
   const char *what = request->route == ROUTE_ERROR ? "error" : "response";
   const struct runtime_slot *answered = runtime_several_find(api, request->request_id);
   if (answered == NULL) {
      violations_add(api->violations, "posted the %s of request %s, which it does not have", what, request->request_id);
   } else if (!(answered->refused_as_too_large && request->route == ROUTE_ERROR)) {
      violations_add(
         api->violations, "answered request %s twice, the second time by its %s", request->request_id, what);
   }
   return runtime_reply(connection, MHD_HTTP_BAD_REQUEST, REPLY_REQUEST_ID);
}

/* --- for the host ------------------------------------------------------------------------------------------------- */

int
runtime_api_hand_out_slot(
   struct runtime_api *api, const struct runtime_event *event, unsigned slot, int wake, struct drill_error *error)
{
   char invocation_id[sizeof api->slots[0].invocation_id];
   struct MHD_Response *response = runtime_event_response(event, invocation_id, error);
   if (response == NULL) {
      return -1;
   }
   pthread_mutex_lock(&api->lock);
   drop_closed(api);
   bool waits = api->waiting_count > 0;
   if (waits) {
      struct runtime_slot *used = &api->slots[slot];
      *used = (struct runtime_slot){.open = true, .wake = wake};
      memcpy(used->request_id, event->request_id, sizeof used->request_id);
      memcpy(used->invocation_id, invocation_id, sizeof used->invocation_id);
      api->given = true;
      api->waiting[0].request->event = response;
      let_go(api, 0);
   }
   pthread_mutex_unlock(&api->lock);
   if (!waits) {
      MHD_destroy_response(response);
   }
   return waits ? 0 : 1;
}

void
runtime_api_abandon_slot(struct runtime_api *api, unsigned slot)
{
   pthread_mutex_lock(&api->lock);
   api->slots[slot].open = false;
   memcpy(api->late[api->late_next], api->slots[slot].request_id, sizeof api->late[0]);
   api->late_next = (api->late_next + 1) % RUNTIME_LATE_MAX;
   pthread_mutex_unlock(&api->lock);
}

unsigned
runtime_api_waiting(struct runtime_api *api)
{
   pthread_mutex_lock(&api->lock);
   drop_closed(api);
   unsigned count = api->waiting_count;
   pthread_mutex_unlock(&api->lock);
   return count;
}
