/*
 * base64: encodes and decodes base64 (RFC 4648, section 4), in which AWS's headers carry text.
 */
#pragma once

#include <stddef.h>

/* free() the result. Returns NULL when out of memory. */
char *base64_encode(const char *text, size_t length);

/* free() the result, which ends with a NUL that *length does not count. Returns NULL when encoded is not base64, or
 * when out of memory. */
char *base64_decode(const char *encoded, size_t *length);
