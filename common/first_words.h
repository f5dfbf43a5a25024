/*
 * first_words: describes a server that is not MongoDB by the first bytes it sends. A driver says only that it could not
 * connect, or that a message was too long.
 */
#ifndef FAAS_COMMON_FIRST_WORDS_H
#define FAAS_COMMON_FIRST_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define FIRST_WORDS_TEXT_MAX 160

/* Returns true, and a description such as "an HTTP server (HTTP/1.1 400 Bad Request)", when the bytes that the server
 * sent cannot begin a reply in MongoDB's wire protocol. Returns false when there are too few bytes to tell. */
bool first_words_are_foreign(const void *bytes, size_t length, char *text, size_t size);

#endif
