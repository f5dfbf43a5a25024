/*
 * activation: reads one line of OpenWhisk's action loop: the event and its envelope.
 *
 * {"value": {…}, "activation_id": "…", "deadline": "1767225600000", "namespace": "…", "action_name": "…", …, "api_key":
 * "…"}. The key is skipped and never stored.
 */
#ifndef OPENWHISK_ACTIVATION_H
#define OPENWHISK_ACTIVATION_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ACTIVATION_ID_MAX = 128, ACTIVATION_TEXT_MAX = 256, ACTIVATION_ATTRIBUTES_MAX = 5 };

struct activation {
   char id[ACTIVATION_ID_MAX + 1]; /* empty: none given, or one that cannot be shown */
   const char *payload;            /* the value, in the line; {} if there is none */
   size_t payload_length;
   int64_t deadline_unix_ms;
   struct faas_attribute attributes[ACTIVATION_ATTRIBUTES_MAX];
   char values[ACTIVATION_ATTRIBUTES_MAX][ACTIVATION_TEXT_MAX + 1];
   size_t attribute_count;
   bool deadline_unread; /* a deadline was given that is not a number of milliseconds */
};

/* line must outlive the activation. Returns false with Event.Malformed or Event.TooDeep. */
bool activation_read(struct activation *activation, const char *line, size_t length, struct faas_error *error);

#endif
