/*
 * activation: what a line of OpenWhisk's action loop says: the event and what belongs to it.
 *
 * {"value": {…}, "activation_id": "…", "deadline": "1767225600000", "namespace": "…", "action_name": "…", …,
 * "api_key": "…"}. The key is read past and kept nowhere.
 */
#ifndef OPENWHISK_ACTIVATION_H
#define OPENWHISK_ACTIVATION_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ACTIVATION_ID_MAX = 128, ACTIVATION_TEXT_MAX = 256, ACTIVATION_ATTRIBUTES_MAX = 5 };

struct activation {
   char id[ACTIVATION_ID_MAX + 1]; /* empty: none was given, or one that can't be shown */
   const char *payload;            /* the value, in the line; {} without one */
   size_t payload_length;
   int64_t deadline_unix_ms;
   struct faas_attribute attributes[ACTIVATION_ATTRIBUTES_MAX];
   char values[ACTIVATION_ATTRIBUTES_MAX][ACTIVATION_TEXT_MAX + 1];
   size_t attribute_count;
   bool deadline_unread; /* one was given that is no number of milliseconds */
};

/* line outlives the activation. False: Event.Malformed or Event.TooDeep. */
bool activation_read(struct activation *activation, const char *line, size_t length, struct faas_error *error);

#endif
