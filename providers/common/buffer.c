#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#define SMALLEST 4096

void
buffer_init(struct buffer *buffer, size_t cap)
{
   *buffer = (struct buffer){.cap = cap};
}

void
buffer_clear(struct buffer *buffer)
{
   free(buffer->bytes);
   *buffer = (struct buffer){.cap = buffer->cap};
}

void
buffer_empty(struct buffer *buffer)
{
   buffer->length = 0;
}

bool
buffer_reserve(struct buffer *buffer, size_t capacity)
{
   if (capacity > buffer->cap) {
      return false;
   }
   if (capacity <= buffer->capacity) {
      return true;
   }
   char *larger = realloc(buffer->bytes, capacity);
   if (larger == NULL) {
      return false;
   }
   buffer->bytes = larger;
   buffer->capacity = capacity;
   return true;
}

bool
buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
   if (length > buffer->cap - buffer->length) {
      return false;
   }
   size_t needed = buffer->length + length;
   if (needed > buffer->capacity) {
      size_t doubled = buffer->capacity < SMALLEST / 2 ? SMALLEST : buffer->capacity * 2;
      size_t wanted = doubled > needed ? doubled : needed;
      if (!buffer_reserve(buffer, wanted < buffer->cap ? wanted : buffer->cap)) {
         return false;
      }
   }
   if (length > 0) {
      memcpy(buffer->bytes + buffer->length, bytes, length);
      buffer->length = needed;
   }
   return true;
}
