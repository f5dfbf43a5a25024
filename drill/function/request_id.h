/*
 * request_id: makes ids of invocations and traces, in Lambda's format.
 */
#pragma once

#include <stddef.h>

/* Makes a random UUID (RFC 9562, version 4). size is at least 37. */
void request_id_new(char *id, size_t size);

/* Makes an X-Ray trace id: Root=1-SECONDS-RANDOM;Parent=RANDOM;Sampled=0 */
void request_id_trace(char *id, size_t size);
