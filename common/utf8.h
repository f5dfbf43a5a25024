/* utf8: makes external bytes safe for JSON, for one line of a log, and for a buffer. */
#ifndef FAAS_COMMON_UTF8_H
#define FAAS_COMMON_UTF8_H

#include <stddef.h>

/* Returns how many of the bytes, from the first on, form whole UTF-8 characters (RFC 3629). */
size_t utf8_valid(const char *bytes, size_t length);

/* Appends to the text in a buffer of size bytes as many whole characters of more as fit. */
void utf8_append(char *text, size_t size, const char *more);

/* Replaces every byte that belongs to no character by a question mark. */
void utf8_repair(char *text);

/* Does the same, and replaces line ends and other control characters by spaces. */
void utf8_make_one_line(char *text);

#endif
