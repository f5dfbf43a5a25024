#include "transcript.h"

#include "json_stream.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
check(bool good)
{
   if (!good) {
      perror("transcript");
      abort();
   }
}

/* Whether the stream wants more. */
static bool
drain(struct json_stream *stream, FILE *lines)
{
   for (;;) {
      struct json_text text;
      struct faas_error error;

      switch (json_stream_next(stream, &text, &error)) {
      case JSON_STREAM_VALUE:
         fprintf(lines, "%.*s\n", (int)text.length, text.bytes);
         break;
      case JSON_STREAM_REJECTED:
         fprintf(lines, "!%s\n", error.type);
         break;
      case JSON_STREAM_HUNGRY:
         return true;
      case JSON_STREAM_END:
         return false;
      case JSON_STREAM_NO_MEMORY:
      default:
         check(false);
      }
   }
}

char *
transcript_of_stream(const char *text, size_t length, size_t chunk_length, size_t max_value_bytes)
{
   char *transcript = NULL;
   size_t size = 0;
   FILE *lines = open_memstream(&transcript, &size);
   struct json_stream *stream = json_stream_new(max_value_bytes);

   check(lines && stream);
   while (length > 0) {
      size_t part = length < chunk_length ? length : chunk_length;
      /* A copy of exactly its size, so that a sanitizer sees any read beyond the chunk. */
      char *chunk = malloc(part);

      check(chunk != NULL);
      memcpy(chunk, text, part);
      json_stream_feed(stream, chunk, part);
      check(drain(stream, lines));
      free(chunk);
      text += part;
      length -= part;
   }
   json_stream_finish(stream);
   check(!drain(stream, lines));
   json_stream_destroy(stream);
   fclose(lines);
   return transcript;
}
