/*
 * buffer: bytes that come in pieces, up to a cap chosen where the buffer is made. Its memory is kept for the next time.
 */
#ifndef AWS_LAMBDA_BUFFER_H
#define AWS_LAMBDA_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
   char *bytes; /* NULL while nothing was reserved */
   size_t length;
   size_t capacity;
   size_t cap;
};

void buffer_init(struct buffer *buffer, size_t cap);
void buffer_clear(struct buffer *buffer);

void buffer_empty(struct buffer *buffer);

/* Both false when it would be longer than the cap, or memory is out; the buffer is unchanged then. */
bool buffer_reserve(struct buffer *buffer, size_t capacity);
bool buffer_add(struct buffer *buffer, const char *bytes, size_t length);

#endif
