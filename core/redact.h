/*
 * redact: removes secrets from text.
 *
 * One thread fills a redactor at start-up; from then on any number of threads may read it. Every text from outside,
 * above all the driver's own error texts, goes through it before it reaches a report, a log or an error.
 */
#ifndef FAAS_CORE_REDACT_H
#define FAAS_CORE_REDACT_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stddef.h>

struct redactor;

/* Returns NULL and fills error when out of memory. */
struct redactor *redactor_new(struct faas_error *error);
void redactor_destroy(struct redactor *redactor);

/* Remembers a secret; ignores an empty one. Returns false and fills error when out of memory, when the secret is longer
 * than REDACT_SECRET_MAX, or when there are too many. */
bool redactor_add(struct redactor *redactor, const char *secret, struct faas_error *error);
/* The same with the first bytes of a text: most bytes at most, ending at a NUL. */
bool redactor_add_bytes(struct redactor *redactor, const char *secret, size_t most, struct faas_error *error);

/* Remembers the secrets of a connection string, even a malformed one: the password, as written and percent-decoded, and
 * the values of options that carry keys or tokens. */
bool redactor_add_uri(struct redactor *redactor, const char *uri, struct faas_error *error);

/* Remembers the credentials that the platform puts into the environment (AWS_SECRET_ACCESS_KEY, …). */
bool redactor_add_environment(struct redactor *redactor, struct faas_error *error);

/* Replaces every secret in text by asterisks, in place; the text never grows. A NULL redactor changes nothing. Secrets
 * of fewer than four characters are replaced only where they stand alone, or every text would become unreadable. In a
 * text that was cut within a secret, what matches the first 32 bytes of the secret is replaced as far as it matches,
 * and at the end of the text a match of 8 bytes is enough. So redact texts before you cut and join them. */
void redactor_apply(const struct redactor *redactor, char *text);

#define REDACT_SECRET_MAX 4096

#endif
