#include "runtime_event.h"

#include "clock.h"
#include "request_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARN_FORMAT "arn:aws:lambda:us-east-1:123456789012:function:%s"

/* How much of the invocation's time its init has used. */
static int64_t
used_ms(const struct invocation_result *result)
{
   return result->init_within ? (clock_now_us() - result->start_us) / 1000 : 0;
}

void
runtime_event_fill(struct filled_event *filled,
                   const struct function_config *config,
                   const struct invoker_event *event,
                   const struct invocation_result *result)
{
   bool traced = event->trace_id != NULL && event->trace_id[0] != '\0';
   snprintf(filled->arn, sizeof filled->arn, ARN_FORMAT, config->function_name);
   request_id_trace(filled->trace_id, sizeof filled->trace_id);
   filled->event = (struct runtime_event){
      .deadline_ms = clock_wall_ms() + config->timeout_ms - used_ms(result),
      .function_arn = filled->arn,
      .trace_id = traced ? event->trace_id : filled->trace_id,
      .client_context = event->client_context,
      .cognito_identity = event->cognito_identity,
      .body = event->text,
      .length = event->length,
   };
   memcpy(filled->event.request_id, result->request_id, sizeof filled->event.request_id);
}

/* As AWS's emulator does: line ends become spaces, white space at either end is removed, and an empty text is left out.
 * Pretty-printed JSON stays the same JSON. */
static bool
add_text(struct MHD_Response *response, const char *name, const char *text)
{
   static const char white[] = " \t\r\n";
   const char *start = text != NULL ? text + strspn(text, white) : "";
   size_t length = strlen(start);
   while (length > 0 && strchr(white, start[length - 1]) != NULL) {
      length--;
   }
   if (length == 0) {
      return true;
   }
   char *value = strndup(start, length);
   for (char *end = value; end != NULL && (end = strpbrk(end, "\r\n")) != NULL;) {
      *end = ' ';
   }
   bool added = value != NULL && MHD_add_response_header(response, name, value) == MHD_YES;
   free(value);
   return added;
}

/* Returns NULL when out of memory. */
static struct MHD_Response *
make_response(const struct runtime_event *event, const char *invocation_id)
{
   struct MHD_Response *response =
      MHD_create_response_from_buffer(event->length, (void *)(uintptr_t)event->body, MHD_RESPMEM_MUST_COPY);
   if (response == NULL) {
      return NULL;
   }
   char deadline[24];
   snprintf(deadline, sizeof deadline, "%lld", (long long)event->deadline_ms);
   const struct {
      const char *name;
      const char *value;
   } headers[] = {
      {"Content-Type", "application/json"},
      {"Lambda-Runtime-Aws-Request-Id", event->request_id},
      {"Lambda-Runtime-Invocation-Id", invocation_id},
      {"Lambda-Runtime-Deadline-Ms", deadline},
      {"Lambda-Runtime-Invoked-Function-Arn", event->function_arn},
      {"Lambda-Runtime-Trace-Id", event->trace_id},
      {"Lambda-Runtime-Client-Context", event->client_context},
      {"Lambda-Runtime-Cognito-Identity", event->cognito_identity},
   };
   for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
      if (!add_text(response, headers[i].name, headers[i].value)) {
         MHD_destroy_response(response);
         return NULL;
      }
   }
   return response;
}

struct MHD_Response *
runtime_event_response(const struct runtime_event *event, char invocation_id[40], struct drill_error *error)
{
   request_id_new(invocation_id, 40);
   struct MHD_Response *response = make_response(event, invocation_id);
   if (response == NULL) {
      drill_error_set(error, "out of memory for an event of %zu bytes", event->length);
   }
   return response;
}
