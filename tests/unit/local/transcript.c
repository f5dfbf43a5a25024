#include "transcript.h"

#include <stdbool.h>
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
drain(struct json_stream *stream, FILE *lines, transcript_line *write_line)
{
   for (;;) {
      struct provider_bytes text;
      struct faas_error error;

      switch (json_stream_next(stream, &text, &error)) {
      case JSON_STREAM_VALUE:
         write_line(lines, &text, NULL);
         break;
      case JSON_STREAM_REJECTED:
         write_line(lines, NULL, &error);
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
transcript_of_stream(
   const char *bytes, size_t length, size_t longest_chunk, size_t max_value_bytes, transcript_line *write_line)
{
   char *transcript = NULL;
   size_t size = 0;
   FILE *lines = open_memstream(&transcript, &size);
   struct json_stream *stream = json_stream_new(max_value_bytes);

   check(lines && stream);
   for (size_t at = 0, chunk = longest_chunk; at < length; at += chunk, chunk = chunk * 7 % longest_chunk + 1) {
      chunk = chunk < length - at ? chunk : length - at;
      /* A copy of exactly its size, so that a sanitizer sees any read beyond the chunk. */
      char *copy = malloc(chunk);

      check(copy != NULL);
      memcpy(copy, bytes + at, chunk);
      json_stream_feed(stream, copy, chunk);
      check(drain(stream, lines, write_line));
      free(copy);
   }
   json_stream_finish(stream);
   check(!drain(stream, lines, write_line));
   json_stream_destroy(stream);
   fclose(lines);
   return transcript;
}
