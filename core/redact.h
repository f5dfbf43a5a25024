/*
 * redact: takes secrets out of text.
 *
 * A redactor is filled at start-up, by one thread, and then only read, by any number of them. Every text that comes
 * from outside, the driver's own error texts above all, goes through it before it reaches a report, a log or an error.
 */
#ifndef FAAS_CORE_REDACT_H
#define FAAS_CORE_REDACT_H

#include <stdbool.h>
#include <stddef.h>

struct redactor;

/* NULL when out of memory. */
struct redactor *redactor_new(void);
void redactor_destroy(struct redactor *redactor);

/* Remember a secret. False when out of memory or when it is longer than REDACT_SECRET_MAX. An empty one is none. */
bool redactor_add(struct redactor *redactor, const char *secret);
/* Or the first bytes of a text, at most until a NUL. */
bool redactor_add_bytes(struct redactor *redactor, const char *secret, size_t most);

/* Remember what is secret in a connection string, also in one that is malformed: the password, as written and
 * percent-decoded, and the values of the options that carry keys or tokens. */
bool redactor_add_uri(struct redactor *redactor, const char *uri);

/* Remember the credentials that the platform gives in the environment (AWS_SECRET_ACCESS_KEY, …). */
bool redactor_add_environment(struct redactor *redactor);

/* Replace every secret in text by asterisks, in place; the text never grows. A NULL redactor changes nothing. Secrets
 * of fewer than four characters are replaced only where they stand alone, or every text would be made unreadable. Of
 * texts that were cut within a secret: what begins with 32 bytes of one is replaced as far as it goes, and what is left
 * at the end of the text from 8 bytes on. So whoever cuts texts and then joins them redacts before. */
void redactor_apply(const struct redactor *redactor, char *text);

#define REDACT_SECRET_MAX 4096

#endif
