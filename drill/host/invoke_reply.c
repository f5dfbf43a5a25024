#include "invoke_reply.h"

#include "base64.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static enum MHD_Result
send_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
   if (response == NULL) {
      return MHD_NO;
   }
   enum MHD_Result queued = MHD_queue_response(connection, status, response);
   MHD_destroy_response(response);
   return queued;
}

static struct MHD_Response *
response_of(const char *body, size_t length)
{
   struct MHD_Response *response =
      MHD_create_response_from_buffer(length, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
   if (response != NULL && length > 0) {
      MHD_add_response_header(response, "Content-Type", "application/json");
   }
   return response;
}

enum MHD_Result
invoke_reply_status(struct MHD_Connection *connection, unsigned status)
{
   return send_response(connection, status, response_of("", 0));
}

/* --- the result of an invocation ---------------------------------------------------------------------------------- */

static void
add_number(struct MHD_Response *response, const char *name, double number)
{
   char text[32];
   snprintf(text, sizeof text, "%.3f", number);
   MHD_add_response_header(response, name, text);
}

enum MHD_Result
invoke_reply_result(struct MHD_Connection *connection, const struct invocation_result *result, bool with_log)
{
   struct MHD_Response *response = response_of(result->payload, result->payload_length);
   if (response == NULL) {
      return MHD_NO;
   }
   MHD_add_response_header(response, "X-Amzn-RequestId", result->request_id);
   if (result->outcome == INVOCATION_REFUSED) {
      /* As AWS's emulator does; in the service another environment would get the event. */
      MHD_add_response_header(response, "X-Amzn-ErrorType", result->error_type);
      return send_response(connection, MHD_HTTP_BAD_REQUEST, response);
   }
   MHD_add_response_header(response, "X-Amz-Executed-Version", "$LATEST");
   if (result->outcome != INVOCATION_ANSWERED) {
      MHD_add_response_header(response, "X-Amz-Function-Error", "Unhandled");
   }
   if (result->thawed_us != 0) {
      add_number(response, "X-Faas-Frozen-Ms", result->frozen_ms);
      add_number(response, "X-Faas-Frozen-Cpu-Ms", result->frozen_cpu_ms);
   }
   if (with_log && result->log_tail != NULL) {
      char *encoded = base64_encode(result->log_tail, strlen(result->log_tail));
      if (encoded != NULL) {
         MHD_add_response_header(response, "X-Amz-Log-Result", encoded);
      }
      free(encoded);
   }
   return send_response(connection, MHD_HTTP_OK, response);
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
   struct MHD_Response *response = body != NULL ? response_of(body, strlen(body)) : NULL;
   free(body);
   if (response != NULL) {
      MHD_add_response_header(response, "X-Amzn-ErrorType", refusal->type);
   }
   return send_response(connection, refusal->status, response);
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
