/*
 * append: builds a text piece by piece in an array of fixed size.
 */
#ifndef FAAS_DRILL_APPEND_H
#define FAAS_DRILL_APPEND_H

#include <stddef.h>

/* printf-like: appends to text, and cuts what does not fit into size bytes. */
void append_text(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Appends one item of a list, with separator before it unless it is the first. */
void append_item(char *text, size_t size, const char *separator, const char *item);

#endif
