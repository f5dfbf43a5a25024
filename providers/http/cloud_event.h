/*
 * cloud_event: reads a CloudEvent over HTTP (CloudEvents 1.0, HTTP protocol binding): binary, with its attributes as
 * headers and its data as the body, or structured, as one JSON object.
 */
#ifndef HTTP_CLOUD_EVENT_H
#define HTTP_CLOUD_EVENT_H

#include "platform.h"

#include <stddef.h>

enum cloud_event_form { CLOUD_EVENT_NONE, CLOUD_EVENT_BINARY, CLOUD_EVENT_STRUCTURED };

struct cloud_event {
   enum cloud_event_form form; /* NONE: the request is not a CloudEvent */
   char id[EVENT_ID_MAX + 1];  /* empty: too long, or it has escapes */
   const char *data;           /* in the body; length 0: none */
   size_t data_length;
};

/* Returns NULL; or a JSON text that says why a request that claims to be a CloudEvent is not one. */
const char *
cloud_event_read(struct cloud_event *event, platform_header header, void *context, const char *body, size_t length);

#endif
