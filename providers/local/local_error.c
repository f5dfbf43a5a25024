#include "local_error.h"

#include <stdarg.h>
#include <stdio.h>

/* The length of the UTF-8 sequence that begins here; 0 when there is none (RFC 3629, section 4). */
static size_t
sequence_length(const unsigned char *c)
{
   if (c[0] < 0x80) {
      return 1;
   }
   size_t length = c[0] >= 0xC2 && c[0] <= 0xDF ? 2 : (c[0] & 0xF0) == 0xE0 ? 3 : c[0] >= 0xF0 && c[0] <= 0xF4 ? 4 : 0;

   for (size_t i = 1; i < length; i++) {
      if ((c[i] & 0xC0) != 0x80) {
         return 0;
      }
   }
   if ((c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xED && c[1] > 0x9F) || (c[0] == 0xF0 && c[1] < 0x90) ||
       (c[0] == 0xF4 && c[1] > 0x8F)) {
      return 0;
   }
   return length;
}

/* An option's value may be anything, and a message may be cut in the middle of a character. */
static void
make_one_line_of_utf8(char *text)
{
   unsigned char *c = (unsigned char *)text;

   while (*c != '\0') {
      size_t length = sequence_length(c);

      if (length == 0 || *c < 0x20 || *c == 0x7f) {
         *c = length == 0 ? '?' : ' ';
         length = 1;
      }
      c += length;
   }
}

void
local_error_set(struct faas_error *error, const char *type, const char *format, ...)
{
   va_list arguments;

   if (!error) {
      return;
   }
   snprintf(error->type, sizeof error->type, "%s", type);
   va_start(arguments, format);
   vsnprintf(error->message, sizeof error->message, format, arguments);
   va_end(arguments);
   make_one_line_of_utf8(error->message);
}
