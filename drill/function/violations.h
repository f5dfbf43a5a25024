/*
 * violations: what a function did against the rules of the Runtime API, a sentence each.
 */
#ifndef FAAS_DRILL_VIOLATIONS_H
#define FAAS_DRILL_VIOLATIONS_H

struct violations;

/* NULL when out of memory. destroy takes NULL. */
struct violations *violations_new(void);
void violations_destroy(struct violations *violations);

/* printf-like, without a line end. Beyond 50 they are only counted. Any thread. */
void violations_add(struct violations *violations, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All since the last call, one a line, to be freed; NULL when there were none. */
char *violations_take(struct violations *violations);

#endif
