#include "invoke_api.h"

#include "http_daemon.h"
#include "invoke_queue.h"
#include "invoke_request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Clients that connect and send nothing, or half a request, must not keep a good client waiting. */
#define CONNECTIONS_MAX 4000
/* Idle limit in seconds for a connection that does not wait for its invocation. */
#define IDLE_MAX_S 60u

struct invoke_api {
   struct invoke_queue *queue;
   struct environment *environment;
   FILE *log;
   struct MHD_Daemon *daemon;
   unsigned port;
};

/* --- one request -------------------------------------------------------------------------------------------------- */

/* Runs on the queue's thread. */
static void
job_done(struct invoke_job *job)
{
   struct invoke_request *request = (struct invoke_request *)((char *)job - offsetof(struct invoke_request, job));
   request->run = true;
   MHD_resume_connection(request->connection);
}

static enum MHD_Result
answer_run(struct invoke_api *api, struct invoke_request *request)
{
   const struct invoke_job *job = &request->job;
   if (job->failed != 0) {
      static const struct invoke_refusal refusal = {
         MHD_HTTP_INTERNAL_SERVER_ERROR, "ServiceException", "the host failed: see its log"};
      fprintf(api->log, "faas-lambda-host: %s\n", job->error.message);
      return invoke_reply_refuse(request->connection, &refusal);
   }
   return invoke_reply_result(request->connection, &job->result, invoke_request_wants_log(request));
}

static enum MHD_Result
answer(struct invoke_api *api, struct invoke_request *request)
{
   struct invoke_refusal refusal;
   if (invoke_request_is_refused(request, &refusal)) {
      return invoke_reply_refuse(request->connection, &refusal);
   }
   if (request->kind == INVOKE_DRY_RUN) {
      return invoke_reply_status(request->connection, MHD_HTTP_NO_CONTENT);
   }
   if (!invoke_request_make_job(request, &refusal)) {
      return invoke_reply_refuse(request->connection, &refusal);
   }
   if (request->kind == INVOKE_LATER) {
      if (!invoke_queue_add_later(api->queue, request->job.event.text, request->job.event.length)) {
         refusal = (struct invoke_refusal){MHD_HTTP_TOO_MANY_REQUESTS, "TooManyRequestsException", "Rate Exceeded."};
         return invoke_reply_refuse(request->connection, &refusal);
      }
      return invoke_reply_status(request->connection, MHD_HTTP_ACCEPTED);
   }
   request->job.done = job_done;
   request->queued = true;
   MHD_suspend_connection(request->connection);
   invoke_queue_add(api->queue, &request->job);
   return MHD_YES;
}

/* Refuses what must be refused by its headers alone, before the body comes. Returns true if it did; the caller must
 * then return *result. */
static bool
refuse_early(struct invoke_request *request, enum MHD_Result *result)
{
   struct invoke_refusal refusal;
   if (!invoke_request_is_too_large(request, &refusal)) {
      return false;
   }
   const char *expected = http_daemon_header(request->connection, "Expect", "");
   *result = MHD_YES;
   if (!request->too_large && strcasecmp(expected, "100-continue") == 0) {
      *result = invoke_reply_refuse(request->connection, &refusal); /* no body will come */
   } else {
      invoke_reply_refuse_at_once(request->connection, &refusal);
      request->refused = true;
   }
   return true;
}

/* --- libmicrohttpd's callbacks, all on its one thread ------------------------------------------------------------- */

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
   struct invoke_request *request = *state;
   enum MHD_Result result = MHD_YES;
   if (request == NULL) {
      *state = request = invoke_request_new(connection, target, method);
      if (request == NULL) {
         return MHD_NO;
      }
      refuse_early(request, &result);
      return result;
   }
   if (*length > 0) {
      if (!request->refused) {
         invoke_request_add(request, data, *length);
         refuse_early(request, &result);
      }
      *length = 0;
      return MHD_YES;
   }
   if (request->refused) {
      return MHD_NO;
   }
   if (request->queued) {
      return request->run ? answer_run(context, request) : MHD_YES;
   }
   return answer(context, request);
}

static void
on_request_end(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode reason)
{
   (void)context;
   (void)connection;
   (void)reason;
   invoke_request_destroy(*state);
   *state = NULL;
}

/* --- its life ----------------------------------------------------------------------------------------------------- */

static struct MHD_Daemon *
listen_on(struct invoke_api *api, unsigned short port)
{
   struct sockaddr_in address = http_daemon_address(port);
   return MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME,
                           port,
                           NULL,
                           NULL,
                           on_request,
                           api,
                           MHD_OPTION_SOCK_ADDR,
                           (struct sockaddr *)&address,
                           MHD_OPTION_CONNECTION_LIMIT,
                           (unsigned)CONNECTIONS_MAX,
                           MHD_OPTION_CONNECTION_TIMEOUT,
                           IDLE_MAX_S,
                           MHD_OPTION_NOTIFY_COMPLETED,
                           on_request_end,
                           NULL,
                           MHD_OPTION_END);
}

struct invoke_api *
invoke_api_new(struct environment *environment, unsigned short port, FILE *log, struct drill_error *error)
{
   struct invoke_api *api = calloc(1, sizeof *api);
   if (api == NULL) {
      drill_error_set(error, "out of memory: could not create the invoke API");
      return NULL;
   }
   api->environment = environment;
   api->log = log;
   api->queue = invoke_queue_new(environment, log, error);
   if (api->queue == NULL) {
      free(api);
      return NULL;
   }
   errno = 0;
   api->daemon = listen_on(api, port);
   api->port = http_daemon_port(api->daemon);
   if (api->port == 0) {
      drill_error_set(
         error, "cannot listen on port %u of 127.0.0.1: %s", port, errno != 0 ? strerror(errno) : "it is in use");
      invoke_api_destroy(api);
      return NULL;
   }
   return api;
}

void
invoke_api_destroy(struct invoke_api *api)
{
   if (api == NULL) {
      return;
   }
   environment_interrupt(api->environment);
   invoke_queue_close(api->queue); /* libmicrohttpd can't stop while a connection is suspended */
   if (api->daemon != NULL) {
      MHD_stop_daemon(api->daemon);
   }
   invoke_queue_destroy(api->queue);
   free(api);
}

unsigned
invoke_api_port(const struct invoke_api *api)
{
   return api->port;
}
