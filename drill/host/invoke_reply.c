#include "invoke_request.h"

#include "base64.h"
#include "http_daemon.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum MHD_Result
invoke_reply_status(struct MHD_Connection *connection, unsigned status)
{
   return http_daemon_reply(connection, status, "", 0, NULL, 0);
}

enum MHD_Result
invoke_reply_result(struct MHD_Connection *connection, const struct invocation_result *result, bool with_log)
{
   /* As AWS's emulator does; in the service another environment would get the event. */
   bool refused = result->outcome == INVOCATION_REFUSED;
   bool failed = !refused && result->outcome != INVOCATION_ANSWERED;
   bool thawed = result->thawed_us != 0;
   char frozen_ms[32];
   char frozen_cpu_ms[32];
   snprintf(frozen_ms, sizeof frozen_ms, "%.3f", result->frozen_ms);
   snprintf(frozen_cpu_ms, sizeof frozen_cpu_ms, "%.3f", result->frozen_cpu_ms);
   char *log = NULL;
   if (with_log && !refused && result->log_tail != NULL) {
      log = base64_encode(result->log_tail, strlen(result->log_tail));
   }
   const struct http_header headers[] = {
      {"Content-Type", result->payload_length > 0 ? "application/json" : NULL},
      {"X-Amzn-RequestId", result->request_id},
      {"X-Amzn-ErrorType", refused ? result->error_type : NULL},
      {"X-Amz-Executed-Version", refused ? NULL : "$LATEST"},
      {"X-Amz-Function-Error", failed ? "Unhandled" : NULL},
      {"X-Faas-Frozen-Ms", thawed ? frozen_ms : NULL},
      {"X-Faas-Frozen-Cpu-Ms", thawed ? frozen_cpu_ms : NULL},
      {"X-Amz-Log-Result", log},
   };
   enum MHD_Result queued = http_daemon_reply(connection,
                                              refused ? MHD_HTTP_BAD_REQUEST : MHD_HTTP_OK,
                                              result->payload,
                                              result->payload_length,
                                              headers,
                                              sizeof headers / sizeof headers[0]);
   free(log);
   return queued;
}

/* --- errors ------------------------------------------------------------------------------------------------------- */

/* The form in which AWS's services report their own errors: the client raises the type named in the header. Returns
 * NULL when out of memory; free() it. */
static char *
refusal_body(const struct invoke_refusal *refusal)
{
   return json_of_two("Type", refusal->status < 500 ? "User" : "Service", "message", refusal->message);
}

enum MHD_Result
invoke_reply_refuse(struct MHD_Connection *connection, const struct invoke_refusal *refusal)
{
   char *body = refusal_body(refusal);
   const struct http_header headers[] = {{"Content-Type", "application/json"}, {"X-Amzn-ErrorType", refusal->type}};
   enum MHD_Result queued =
      body != NULL ? http_daemon_reply(connection, refusal->status, body, strlen(body), headers, 2) : MHD_NO;
   free(body);
   return queued;
}

void
invoke_reply_refuse_at_once(struct MHD_Connection *connection, const struct invoke_refusal *refusal)
{
   const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
   char *body = refusal_body(refusal);
   char text[800];
   int length = snprintf(text,
                         sizeof text,
                         "HTTP/1.1 %u %s\r\nContent-Type: application/json\r\nX-Amzn-ErrorType: %s\r\n"
                         "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
                         refusal->status,
                         MHD_get_reason_phrase_for(refusal->status),
                         refusal->type,
                         body != NULL ? strlen(body) : 0,
                         body != NULL ? body : "");
   free(body);
   if (info != NULL && length > 0 && (size_t)length < sizeof text) {
      /* A client that does not read its connection gets nothing. */
      ssize_t sent = send(info->connect_fd, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
      (void)sent;
   }
}
