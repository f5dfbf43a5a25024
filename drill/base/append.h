/*
 * append: text put together piece by piece in an array.
 */
#ifndef FAAS_DRILL_APPEND_H
#define FAAS_DRILL_APPEND_H

#include <stddef.h>

/* printf-like, behind what text holds already; what does not fit into size bytes is cut. */
void append_text(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for one more item of a list: behind separator, unless it is the first. */
void append_item(char *text, size_t size, const char *separator, const char *item);

#endif
