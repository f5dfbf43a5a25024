/* How the local provider's JSON stream treats any bytes.
 * - The same values and errors result however the bytes are cut into chunks.
 * - No value is longer than the limit.
 * - cJSON accepts every value, too, except where it is stricter than RFC 8259.
 *
 * The first byte of the input chooses the chunks, the second one the limit. */
#include "fuzz_require.h"
#include "fuzz_target.h"

#include "json_stream.h"

#include <cjson/cJSON.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cJSON reads numbers into a buffer of 64 bytes. */
enum { LONGEST_NUMBER_OF_CJSON = 63 };

static bool
is_part_of_number(char byte)
{
   return isdigit((unsigned char)byte) || strchr("+-.eE", byte) != NULL;
}

/* cJSON refuses long numbers and lone surrogates. */
static bool
is_beyond_cjson(const struct json_text *text)
{
   size_t number = 0;

   for (size_t i = 0; i < text->length; i++) {
      number = is_part_of_number(text->bytes[i]) ? number + 1 : 0;
      if (number > LONGEST_NUMBER_OF_CJSON) {
         return true;
      }
      if (text->length - i >= 3 && memcmp(text->bytes + i, "\\u", 2) == 0 && strchr("dD", text->bytes[i + 2])) {
         return true;
      }
   }
   return false;
}

static void
check_value(const struct json_text *text, size_t cap)
{
   const char *end = NULL;
   cJSON *tree;

   require(text->length > 0 && text->length <= cap, "a value within the cap");
   if (is_beyond_cjson(text)) {
      return;
   }
   tree = cJSON_ParseWithLengthOpts(text->bytes, text->length, &end, false);
   require(tree && end == text->bytes + text->length, "a value that cJSON takes");
   cJSON_Delete(tree);
}

/* Whether the stream wants more. */
static bool
drain(struct json_stream *stream, size_t cap, FILE *transcript)
{
   for (;;) {
      struct json_text text;
      struct faas_error error;

      switch (json_stream_next(stream, &text, &error)) {
      case JSON_STREAM_VALUE:
         check_value(&text, cap);
         fwrite(text.bytes, 1, text.length, transcript);
         fputc('\n', transcript);
         break;
      case JSON_STREAM_REJECTED:
         fprintf(transcript, "%s: %s\n", error.type, error.message);
         break;
      case JSON_STREAM_HUNGRY:
         return true;
      case JSON_STREAM_END:
         return false;
      case JSON_STREAM_NO_MEMORY:
         require(false, "memory");
      }
   }
}

/* Chunks of 1 to most bytes; the length changes from chunk to chunk. */
static char *
transcribe(const char *bytes, size_t size, size_t most, size_t cap)
{
   char *transcript = NULL;
   size_t transcript_size = 0;
   FILE *lines = open_memstream(&transcript, &transcript_size);
   struct json_stream *stream = json_stream_new(cap);

   require(lines && stream, "memory");
   for (size_t i = 0, chunk = most; i < size; i += chunk, chunk = chunk * 7 % most + 1) {
      char *copy;

      chunk = chunk < size - i ? chunk : size - i;
      copy = malloc(chunk);
      require(copy != NULL, "memory");
      memcpy(copy, bytes + i, chunk);
      json_stream_feed(stream, copy, chunk);
      require(drain(stream, cap, lines), "a stream that takes more");
      free(copy);
   }
   json_stream_finish(stream);
   require(!drain(stream, cap, lines), "a stream that ends");
   json_stream_destroy(stream);
   require(fclose(lines) == 0, "memory");
   return transcript;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   char *whole;
   char *cut;
   size_t cap;

   if (size < 3) {
      return 0;
   }
   cap = data[1] == 0 ? size : data[1];
   whole = transcribe((const char *)data + 2, size - 2, size, cap);
   cut = transcribe((const char *)data + 2, size - 2, (size_t)data[0] + 1, cap);
   if (strcmp(whole, cut) != 0) {
      fprintf(stderr, "in one chunk:\n%s\nin several:\n%s\n", whole, cut);
      abort();
   }
   free(whole);
   free(cut);
   return 0;
}
