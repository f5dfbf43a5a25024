/*
 * invocation_event: what the Runtime API tells the function of an invocation besides its event: deadline, function,
 * trace, and what the invoker added.
 */
#ifndef FAAS_DRILL_INVOCATION_EVENT_H
#define FAAS_DRILL_INVOCATION_EVENT_H

#include "function.h"
#include "runtime_api.h"

struct invocation_event {
   struct runtime_event event; /* points into this struct, and to what the caller gave */
   char arn[200];
   char trace_id[100];
};

/* context may be NULL. */
void invocation_event_fill(struct invocation_event *filled,
                           const struct function_config *config,
                           const char *event,
                           size_t length,
                           const struct invoker_context *context,
                           const struct invocation_result *result);

#endif
