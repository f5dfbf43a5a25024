/*
 * deadline: what the headers of platforms say of the time there is.
 */
#ifndef HTTP_DEADLINE_H
#define HTTP_DEADLINE_H

#include <stdint.h>

/* Fn-Deadline: a moment of RFC 3339 in UTC, "2026-11-30T01:15:00.250Z". Milliseconds since 1970; FAAS_NO_DEADLINE for
 * NULL and for what is none. */
int64_t deadline_of_moment(const char *text);

/* X-Timeout of OpenFaaS: a duration of Go, "1m30s", from now_ms on. */
int64_t deadline_of_duration(const char *text, int64_t now_ms);

#endif
