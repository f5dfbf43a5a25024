/*
 * words: judges the texts that a provider hands over.
 */
#ifndef FAAS_CHECK_WORDS_H
#define FAAS_CHECK_WORDS_H

#include "faas_harness/provider.h"

/* Returns what is wrong with text as one non-empty line of UTF-8, such as "an empty text"; NULL when nothing is. text
 * has length bytes and need not end with NUL. */
const char *words_fault(const char *text, size_t length);

/* The same for a string; NULL is a fault, too. */
const char *words_string_fault(const char *text);

/* The same for an error that a provider filled. */
const char *words_error_fault(const struct faas_error *error);

#endif
