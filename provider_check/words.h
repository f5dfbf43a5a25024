/*
 * words: judges the texts a provider hands over.
 */
#ifndef FAAS_CHECK_WORDS_H
#define FAAS_CHECK_WORDS_H

#include "faas_harness/provider.h"

/* What is wrong with text as one line of UTF-8 that is not empty: "an empty text"; NULL when nothing is. length bytes,
 * which need not end with NUL. */
const char *words_fault(const char *text, size_t length);

/* The same of a string; NULL is a fault too. */
const char *words_string_fault(const char *text);

/* Of an error that a provider filled. */
const char *words_error_fault(const struct faas_error *error);

#endif
