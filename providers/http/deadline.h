/*
 * deadline: reads deadlines and time limits from the platforms' headers.
 */
#ifndef HTTP_DEADLINE_H
#define HTTP_DEADLINE_H

#include <stdint.h>

/* Fn-Deadline: a time as in RFC 3339, in UTC, "2026-11-30T01:15:00.250Z". Returns milliseconds since 1970;
 * FAAS_NO_DEADLINE for NULL and for anything else. */
int64_t deadline_of_moment(const char *text);

/* X-Timeout of OpenFaaS: a Go duration, "1m30s", counted from now_ms. */
int64_t deadline_of_duration(const char *text, int64_t now_ms);

#endif
