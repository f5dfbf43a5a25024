/*
 * base64: RFC 4648, section 4, as AWS's headers carry text.
 */
#ifndef FAAS_DRILL_BASE64_H
#define FAAS_DRILL_BASE64_H

#include <stddef.h>

/* To be freed; NULL when out of memory. */
char *base64_encode(const char *text, size_t length);

/* To be freed, with a NUL behind it; NULL when it is no base64, or when out of memory. */
char *base64_decode(const char *encoded, size_t *length);

#endif
