#include "reply.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const char *
reply_refusal(unsigned status)
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

enum MHD_Result
reply_text(struct MHD_Connection *connection, unsigned status, const char *text)
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

enum MHD_Result
reply_answer(
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
