#include "restore_routes.h"

#include "runtime_answers.h"

enum MHD_Result
restore_route_next(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
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

enum MHD_Result
restore_route_error(struct runtime_api *api, struct MHD_Connection *connection, struct runtime_request *request)
{
   if (!api->restore.done) {
      violations_add(api->violations, "posted to restore/error before it was restored");
      return runtime_refuse_transition(connection, api->phase, "RestoreError");
   }
   return runtime_answer_take_init_error(api, connection, request);
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
