/*
 * buffer: bytes that arrive in pieces, up to a cap set at creation. It keeps its memory for the next use.
 */
#ifndef FAAS_PROVIDER_BUFFER_H
#define FAAS_PROVIDER_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
   char *bytes; /* NULL until something was reserved */
   size_t length;
   size_t capacity;
   size_t cap;
};

void buffer_init(struct buffer *buffer, size_t cap);
void buffer_clear(struct buffer *buffer);

void buffer_empty(struct buffer *buffer);

/* Both return false, and leave the buffer unchanged, when it would exceed the cap or memory runs out. */
bool buffer_reserve(struct buffer *buffer, size_t capacity);
bool buffer_add(struct buffer *buffer, const char *bytes, size_t length);

#endif
