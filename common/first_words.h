/*
 * first_words: what a server says first that is none of MongoDB's, in words. A driver only says that it could not
 * connect, or that a message was too long.
 */
#ifndef FAAS_COMMON_FIRST_WORDS_H
#define FAAS_COMMON_FIRST_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define FIRST_WORDS_TEXT_MAX 160

/* True with words, as "an HTTP server (HTTP/1.1 400 Bad Request)", when what the server sent does not begin as a reply
 * of MongoDB's wire protocol does. Too few bytes to tell are none of that. */
bool first_words_are_foreign(const void *bytes, size_t length, char *text, size_t size);

#endif
