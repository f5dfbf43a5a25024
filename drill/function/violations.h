/*
 * violations: collects what a function did against the rules of the Runtime API, one sentence each.
 */
#pragma once

struct violations;

/* Returns NULL when out of memory. destroy allows NULL. */
struct violations *violations_new(void);
void violations_destroy(struct violations *violations);

/* printf-like, without a line end. From the 51st on, violations are only counted. Thread-safe. */
void violations_add(struct violations *violations, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All since the last call, one per line; the caller frees it. Returns NULL if there were none. */
char *violations_take(struct violations *violations);
