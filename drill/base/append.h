/*
 * append: builds a text piece by piece in an array of fixed size. What does not fit into size bytes is cut.
 */
#pragma once

#include <stddef.h>

/* printf-like. */
void append_text(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Replaces text by what may contain it: arguments may point into text, whose size is 1,024 at most. */
void rewrite_text(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Appends one item of a list, with separator before it unless it is the first. */
void append_item(char *text, size_t size, const char *separator, const char *item);
