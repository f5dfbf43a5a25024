/*
 * cloud_event: a CloudEvent over HTTP (CloudEvents 1.0, HTTP protocol binding): binary, its attributes as headers and
 * its data as the body, or structured, all in a JSON object.
 */
#ifndef HTTP_CLOUD_EVENT_H
#define HTTP_CLOUD_EVENT_H

#include "platform.h"

#include <stddef.h>

enum cloud_event_form { CLOUD_EVENT_NONE, CLOUD_EVENT_BINARY, CLOUD_EVENT_STRUCTURED };

struct cloud_event {
   enum cloud_event_form form; /* NONE: a request that is no CloudEvent */
   char id[EVENT_ID_MAX + 1];  /* empty: too long, or with escapes */
   const char *data;           /* in the body; of no bytes: none */
   size_t data_length;
};

/* NULL, or why it is no CloudEvent though it says so: a JSON text. */
const char *
cloud_event_read(struct cloud_event *event, platform_header header, void *context, const char *body, size_t length);

#endif
