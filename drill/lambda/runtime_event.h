/*
 * runtime_event: an event as the function gets it from the Runtime API, with all its headers.
 */
#ifndef FAAS_DRILL_RUNTIME_EVENT_H
#define FAAS_DRILL_RUNTIME_EVENT_H

#include "runtime_api.h"

#include <microhttpd.h>

/* Returns NULL when out of memory. */
struct MHD_Response *runtime_event_response(const struct runtime_event *event, const char *invocation_id);

#endif
