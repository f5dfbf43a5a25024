/*
 * utf8: makes bytes from outside fit for JSON, for one line of a log, and for a buffer.
 */
#ifndef FAAS_COMMON_UTF8_H
#define FAAS_COMMON_UTF8_H

#include <stddef.h>

/* How many of the bytes, from the first on, are whole characters of UTF-8 (RFC 3629). */
size_t utf8_valid(const char *bytes, size_t length);

/* Appends more to the text in a buffer of size bytes, as many whole characters as fit. */
void utf8_append(char *text, size_t size, const char *more);

/* Every byte that belongs to no character becomes a question mark. */
void utf8_repair(char *text);

/* That, and line ends and other control characters become spaces. */
void utf8_make_one_line(char *text);

#endif
