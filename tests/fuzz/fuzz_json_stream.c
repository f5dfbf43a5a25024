/* How the local provider's JSON stream treats any bytes.
 * - The same values and errors result however the bytes are cut into chunks.
 * - No value is longer than the limit.
 * - cJSON accepts every value, too, except where it is stricter than RFC 8259.
 *
 * The first byte of the input chooses the chunks, the second one the limit. */
#include "fuzz_target.h"

#include "transcript.h"

#include <cjson/cJSON.h>

#include <ctype.h>

/* cJSON reads numbers into a buffer of 64 bytes. */
enum { LONGEST_NUMBER_OF_CJSON = 63 };

static bool
is_part_of_number(char byte)
{
   return isdigit((unsigned char)byte) || strchr("+-.eE", byte) != NULL;
}

/* cJSON refuses long numbers and lone surrogates. */
static bool
is_beyond_cjson(const struct provider_bytes *text)
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

static size_t cap;

static void
write_line(FILE *lines, const struct provider_bytes *value, const struct faas_error *error)
{
   const char *end = NULL;

   if (value == NULL) {
      fprintf(lines, "%s: %s\n", error->type, error->message);
      return;
   }
   fprintf(lines, "%.*s\n", (int)value->length, value->bytes);
   require(value->length > 0 && value->length <= cap, "a value within the cap");
   if (!is_beyond_cjson(value)) {
      cJSON *tree = cJSON_ParseWithLengthOpts(value->bytes, value->length, &end, false);

      require(tree && end == value->bytes + value->length, "a value that cJSON takes");
      cJSON_Delete(tree);
   }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   if (size < 3) {
      return 0;
   }
   cap = data[1] == 0 ? size : data[1];
   char *whole = transcript_of_stream((const char *)data + 2, size - 2, size, cap, write_line);
   char *cut = transcript_of_stream((const char *)data + 2, size - 2, (size_t)data[0] + 1, cap, write_line);
   if (strcmp(whole, cut) != 0) {
      fprintf(stderr, "in one chunk:\n%s\nin several:\n%s\n", whole, cut);
      abort();
   }
   free(whole);
   free(cut);
   return 0;
}
