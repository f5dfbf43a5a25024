#include "invocation_event.h"

#include "clock.h"
#include "request_id.h"

#include <stdio.h>
#include <string.h>

#define ARN_FORMAT "arn:aws:lambda:us-east-1:123456789012:function:%s"

/* How much of the invocation's time its init has used. */
static int64_t
used_ms(const struct invocation_result *result)
{
   return result->init_within ? (clock_now_us() - result->start_us) / 1000 : 0;
}

void
invocation_event_fill(struct invocation_event *filled,
                      const struct function_config *config,
                      const char *event,
                      size_t length,
                      const struct invoker_context *context,
                      const struct invocation_result *result)
{
   static const struct invoker_context none = {0};
   const struct invoker_context *given = context != NULL ? context : &none;
   bool traced = given->trace_id != NULL && given->trace_id[0] != '\0';
   snprintf(filled->arn, sizeof filled->arn, ARN_FORMAT, config->function_name);
   request_id_trace(filled->trace_id, sizeof filled->trace_id);
   filled->event = (struct runtime_event){
      .deadline_ms = clock_wall_ms() + config->timeout_ms - used_ms(result),
      .function_arn = filled->arn,
      .trace_id = traced ? given->trace_id : filled->trace_id,
      .client_context = given->client_context,
      .cognito_identity = given->cognito_identity,
      .body = event,
      .length = length,
   };
   memcpy(filled->event.request_id, result->request_id, sizeof filled->event.request_id);
}
