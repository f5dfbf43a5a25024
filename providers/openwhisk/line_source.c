#include "line_source.h"

#include "buffer.h"
#include "provider_error.h"
#include "provider_io.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024 };

/* Unprocessed bytes are between start and end; those before scanned contain no line end. */
struct line_source {
   int descriptor;
   size_t max_line_bytes;
   const struct faas_host *host;
   struct buffer buffer;
   size_t start;
   size_t scanned;
   size_t end;
   bool skipping; /* dropping the bytes of a line that is too long */
   bool ended;
};

struct line_source *
line_source_new(int descriptor, size_t max_line_bytes, const struct faas_host *host)
{
   struct line_source *source = calloc(1, sizeof *source);

   if (!source) {
      return NULL;
   }
   buffer_init(&source->buffer, max_line_bytes + CHUNK_BYTES);
   if (!buffer_reserve(&source->buffer, CHUNK_BYTES)) {
      free(source);
      return NULL;
   }
   source->descriptor = descriptor;
   source->max_line_bytes = max_line_bytes;
   source->host = host;
   return source;
}

void
line_source_destroy(struct line_source *source)
{
   if (source) {
      buffer_clear(&source->buffer);
      free(source);
   }
}

static bool
stop_requested(const struct line_source *source)
{
   return source->host->stop_requested(source->host->context);
}

/* Makes room behind end, by moving the bytes to the front, or else with more memory. */
static bool
make_room(struct line_source *source)
{
   struct buffer *buffer = &source->buffer;
   size_t twice = buffer->capacity * 2;

   if (source->start > 0) {
      memmove(buffer->bytes, buffer->bytes + source->start, source->end - source->start);
      source->end -= source->start;
      source->scanned -= source->start;
      source->start = 0;
   }
   return source->end < buffer->capacity || buffer_reserve(buffer, twice < buffer->cap ? twice : buffer->cap);
}

static enum faas_result
read_more(struct line_source *source, struct faas_error *error)
{
   size_t length;

   if (!make_room(source)) {
      provider_error_set(
         error, "Provider.OutOfMemory", "out of memory for an event; send less or lower the option max_event_bytes");
      return FAAS_ERROR;
   }
   enum faas_result result = provider_read(source->descriptor,
                                           source->host,
                                           source->buffer.bytes + source->end,
                                           source->buffer.capacity - source->end,
                                           &length,
                                           error);
   if (result == FAAS_OK) {
      source->end += length;
      source->ended = length == 0;
   }
   return result;
}

static enum faas_result
hand_out(struct line_source *source, size_t end, struct provider_bytes *line, struct faas_error *error)
{
   bool too_long = source->skipping || end - source->start > source->max_line_bytes;

   line->bytes = source->buffer.bytes + source->start;
   line->length = end - source->start;
   source->start = source->scanned = end < source->end ? end + 1 : end;
   source->skipping = false;
   if (too_long) {
      provider_error_set(error,
                         "Event.TooLarge",
                         "the line is longer than %zu bytes; send less or raise the option max_event_bytes",
                         source->max_line_bytes);
      return FAAS_REJECTED;
   }
   return FAAS_OK;
}

enum faas_result
line_source_next(struct line_source *source, struct provider_bytes *line, struct faas_error *error)
{
   while (!stop_requested(source)) {
      const char *newline = memchr(source->buffer.bytes + source->scanned, '\n', source->end - source->scanned);
      enum faas_result result;

      if (newline) {
         return hand_out(source, (size_t)(newline - source->buffer.bytes), line, error);
      }
      source->scanned = source->end;
      if (source->ended) {
         return source->skipping || source->end > source->start ? hand_out(source, source->end, line, error) : FAAS_END;
      }
      if (source->skipping || source->end - source->start > source->max_line_bytes) {
         source->skipping = true;
         source->start = source->scanned = source->end = 0;
      }
      result = read_more(source, error);
      if (result != FAAS_OK) {
         return result;
      }
   }
   return FAAS_END;
}
