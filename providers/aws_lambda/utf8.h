/*
 * utf8: what came over the wire and is not UTF-8 must not get into JSON.
 */
#ifndef AWS_LAMBDA_UTF8_H
#define AWS_LAMBDA_UTF8_H

#include <stddef.h>

/* How many of the bytes, from the first on, are whole characters of UTF-8 (RFC 3629). */
size_t utf8_valid(const char *bytes, size_t length);

/* Every byte that belongs to no character becomes a question mark. */
void utf8_repair(char *text);

#endif
