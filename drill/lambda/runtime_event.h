/*
 * runtime_event: an event as the function gets it from the Runtime API, with deadline, function, trace, and what the
 * invoker added in its headers.
 */
#pragma once

#include "function.h"
#include "runtime_api.h"

#include <microhttpd.h>

struct filled_event {
   struct runtime_event event; /* points into this struct, and to what the caller gave */
   char arn[200];
   char trace_id[100];
};

void runtime_event_fill(struct filled_event *filled,
                        const struct function_config *config,
                        const struct invoker_event *event,
                        const struct invocation_result *result);

/* Makes a new invocation id, too. Returns NULL with error set when out of memory. */
struct MHD_Response *
runtime_event_response(const struct runtime_event *event, char invocation_id[40], struct drill_error *error);
