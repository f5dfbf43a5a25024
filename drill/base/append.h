/*
 * append: builds a text piece by piece in an array of fixed size. What does not fit is cut.
 */
#pragma once

#include <stddef.h>

/* Where a text goes. */
struct text_out {
   char *text;
   size_t size;
};

#define TEXT_OUT(array) ((struct text_out){(array), sizeof(array)})

/* printf-like. */
void append_text(struct text_out out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Replaces the text. Arguments may point into it, if its size is 1,024 at most. */
void write_text(struct text_out out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends one item of a list, with separator before it unless it is the first. */
void append_item(struct text_out out, const char *separator, const char *item);
