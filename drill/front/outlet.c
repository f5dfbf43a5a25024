#include "outlet.h"

#include "room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

bool
outlet_put(struct outlet *outlet, struct buffer *from, int64_t due_us)
{
   size_t length = from->length;
   if (length == 0) {
      return true;
   }
   if (outlet->count > 0 && outlet->parts[outlet->count - 1].due_us > due_us) {
      due_us = outlet->parts[outlet->count - 1].due_us;
   }
   if (!room_for_one(&outlet->parts, outlet->count, sizeof *outlet->parts, SIZE_MAX) ||
       !buffer_append(&outlet->bytes, buffer_bytes(from), length)) {
      return false;
   }
   outlet->parts[outlet->count++] = (struct outlet_part){.due_us = due_us, .length = length};
   buffer_consume(from, length);
   return true;
}

static void
drop_first(struct outlet *outlet)
{
   outlet->count--;
   memmove(outlet->parts, outlet->parts + 1, outlet->count * sizeof *outlet->parts);
}

enum buffer_io
outlet_send(struct outlet *outlet, int descriptor, int64_t now_us)
{
   outlet->blocked = false;
   while (outlet->count > 0 && outlet->parts[0].due_us <= now_us) {
      ssize_t sent = send(descriptor, buffer_bytes(&outlet->bytes), outlet->parts[0].length, MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) {
         continue;
      }
      if (sent < 0) {
         outlet->blocked = errno == EAGAIN;
         return errno == EAGAIN ? BUFFER_AGAIN : BUFFER_GONE;
      }
      buffer_consume(&outlet->bytes, (size_t)sent);
      outlet->parts[0].length -= (size_t)sent;
      if (outlet->parts[0].length == 0) {
         drop_first(outlet);
      }
   }
   return outlet->count == 0 ? BUFFER_DONE : BUFFER_AGAIN;
}

void
outlet_clear(struct outlet *outlet)
{
   buffer_clear(&outlet->bytes);
   free(outlet->parts);
   *outlet = (struct outlet){.count = 0};
}
