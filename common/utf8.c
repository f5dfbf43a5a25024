#include "utf8.h"

#include <stdbool.h>
#include <string.h>

/* Returns the length of the character that begins here; 0 when none does (RFC 3629, section 4). */
static size_t
character(const unsigned char *c, size_t left)
{
   size_t length = c[0] < 0x80 ? 1 : c[0] < 0xC2 ? 0 : c[0] <= 0xDF ? 2 : c[0] <= 0xEF ? 3 : c[0] <= 0xF4 ? 4 : 0;
   if (length > left) {
      return 0;
   }
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

size_t
utf8_valid(const char *bytes, size_t length)
{
   size_t at = 0;
   while (at < length) {
      size_t step = character((const unsigned char *)bytes + at, length - at);
      if (step == 0) {
         break;
      }
      at += step;
   }
   return at;
}

void
utf8_append(char *text, size_t size, const char *more)
{
   size_t used = strlen(text);
   size_t room = size - used - 1;
   size_t length = strlen(more);
   if (length > room) {
      length = utf8_valid(more, room);
   }
   memcpy(text + used, more, length);
   text[used + length] = '\0';
}

void
utf8_repair(char *text)
{
   size_t length = strlen(text);
   for (size_t at = utf8_valid(text, length); at < length; at += utf8_valid(text + at, length - at)) {
      text[at] = '?';
   }
}

void
utf8_make_one_line(char *text)
{
   for (char *c = text; *c != '\0'; c++) {
      if ((unsigned char)*c < 0x20 || *c == 0x7f) {
         *c = ' ';
      }
   }
   utf8_repair(text);
}
