#include "buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNK 65536
#define CHUNKS_AT_ONCE 4

static bool
make_room(struct buffer *buffer, size_t count)
{
   if (buffer->start > 0 && buffer->start + buffer->length + count > buffer->room) {
      memmove(buffer->memory, buffer->memory + buffer->start, buffer->length);
      buffer->start = 0;
   }
   size_t needed = buffer->length + count;
   if (needed <= buffer->room) {
      return true;
   }
   size_t room = buffer->room == 0 ? 1024 : buffer->room;
   while (room < needed) {
      room *= 2;
   }
   uint8_t *memory = realloc(buffer->memory, room);
   if (memory == NULL) {
      return false;
   }
   buffer->memory = memory;
   buffer->room = room;
   return true;
}

bool
buffer_append(struct buffer *buffer, const void *bytes, size_t count)
{
   if (count == 0) {
      return true;
   }
   if (!make_room(buffer, count)) {
      return false;
   }
   memcpy(buffer->memory + buffer->start + buffer->length, bytes, count);
   buffer->length += count;
   return true;
}

const uint8_t *
buffer_bytes(const struct buffer *buffer)
{
   return buffer->memory == NULL ? NULL : buffer->memory + buffer->start;
}

void
buffer_consume(struct buffer *buffer, size_t count)
{
   buffer->length -= count;
   buffer->start = buffer->length == 0 ? 0 : buffer->start + count;
}

void
buffer_clear(struct buffer *buffer)
{
   free(buffer->memory);
   *buffer = (struct buffer){0};
}

enum buffer_io
buffer_receive(struct buffer *buffer, int descriptor)
{
   uint8_t chunk[CHUNK];
   for (int i = 0; i < CHUNKS_AT_ONCE; i++) {
      ssize_t received = recv(descriptor, chunk, sizeof chunk, 0);
      if (received < 0 && errno == EINTR) {
         continue;
      }
      if (received < 0 && errno == EAGAIN) {
         return BUFFER_AGAIN;
      }
      if (received <= 0 || !buffer_append(buffer, chunk, (size_t)received)) {
         return BUFFER_GONE;
      }
      if ((size_t)received < sizeof chunk) {
         break;
      }
   }
   return BUFFER_DONE;
}

enum buffer_io
buffer_send(struct buffer *buffer, int descriptor)
{
   while (buffer->length > 0) {
      ssize_t sent = send(descriptor, buffer_bytes(buffer), buffer->length, MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) {
         continue;
      }
      if (sent < 0) {
         return errno == EAGAIN ? BUFFER_AGAIN : BUFFER_GONE;
      }
      buffer_consume(buffer, (size_t)sent);
   }
   return BUFFER_DONE;
}
