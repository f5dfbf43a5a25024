#include "text.h"

#include <stdbool.h>
#include <stddef.h>

/* The length of the UTF-8 sequence that begins here; 0 when there is none (RFC 3629, section 4). */
static size_t
utf8_sequence(const unsigned char *c)
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
   bool too_short = (c[0] == 0xE0 && c[1] < 0xA0) || (c[0] == 0xF0 && c[1] < 0x90);
   bool surrogate = c[0] == 0xED && c[1] > 0x9F;
   bool too_large = c[0] == 0xF4 && c[1] > 0x8F;
   return too_short || surrogate || too_large ? 0 : length;
}

void
text_make_utf8(char *text)
{
   unsigned char *c = (unsigned char *)text;
   while (*c != '\0') {
      size_t length = utf8_sequence(c);
      if (length == 0) {
         *c = '?';
         length = 1;
      }
      c += length;
   }
}

void
text_make_one_line(char *text)
{
   for (char *c = text; *c != '\0'; c++) {
      if ((unsigned char)*c < 0x20 || *c == 0x7f) {
         *c = ' ';
      }
   }
}
