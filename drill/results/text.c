#include "text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS "\xe2\x80\xa6"

/* Length of the first character; 1, with *code -1, if it is invalid. */
static size_t
decode(const char *text, utf8proc_int32_t *code)
{
   utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, code);
   if (length <= 0) {
      *code = -1;
      return 1;
   }
   return (size_t)length;
}

static bool
is_control(utf8proc_int32_t code)
{
   return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* True for characters that reorder a terminal's text, or break its line. */
static bool
is_format(utf8proc_int32_t code)
{
   utf8proc_category_t category = utf8proc_category(code);
   return category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

static bool
has_place(utf8proc_int32_t code, enum text_place place)
{
   if (code < 0) {
      return false;
   }
   switch (place) {
   case TEXT_JSON:
      return true;
   case TEXT_XML:
      return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code != 0xfffe && code != 0xffff);
   case TEXT_TERMINAL:
      return !is_control(code) && !is_format(code);
   }
   return false;
}

char *
text_clean(char *out, size_t size, const char *text, enum text_place place)
{
   size_t used = 0;
   while (*text != '\0') {
      utf8proc_int32_t code;
      size_t length = decode(text, &code);
      const char *from = text;
      size_t copied = length;
      if (place == TEXT_TERMINAL && (code == '\n' || code == '\t' || code == '\r')) {
         from = " ";
      } else if (!has_place(code, place)) {
         from = REPLACEMENT;
         copied = strlen(REPLACEMENT);
      }
      if (used + copied >= size) {
         break;
      }
      memcpy(out + used, from, copied);
      used += copied;
      text += length;
   }
   out[used] = '\0';
   return out;
}

static unsigned
columns_of(utf8proc_int32_t code)
{
   int width = code < 0 ? 1 : utf8proc_charwidth(code);
   return width < 0 ? 0 : (unsigned)width;
}

size_t
text_fit(const char *text, unsigned columns)
{
   size_t used = 0;
   unsigned width = 0;
   while (text[used] != '\0') {
      utf8proc_int32_t code;
      size_t length = decode(text + used, &code);
      width += columns_of(code);
      if (width > columns) {
         break;
      }
      used += length;
   }
   return used;
}

unsigned
text_width(const char *text)
{
   unsigned width = 0;
   while (*text != '\0') {
      utf8proc_int32_t code;
      text += decode(text, &code);
      width += columns_of(code);
   }
   return width;
}

void
text_cut(char *text, size_t size, unsigned columns)
{
   if (text_fit(text, columns) == strlen(text)) {
      return;
   }
   size_t kept = columns == 0 ? 0 : text_fit(text, columns - 1);
   while (kept > 0 && text[kept - 1] == ' ') {
      kept--;
   }
   text[kept] = '\0';
   if (columns > 0 && kept + sizeof ELLIPSIS <= size) {
      memcpy(text + kept, ELLIPSIS, sizeof ELLIPSIS);
   }
}

size_t
text_line(const char *text, unsigned columns, const char **rest)
{
   size_t fits = text_fit(text, columns);
   *rest = NULL;
   if (text[fits] == '\0') {
      return fits;
   }
   size_t end = fits;
   while (end > 0 && text[end] != ' ') {
      end--;
   }
   if (end == 0) {
      /* No space to break at, and a line holds at least one character. */
      utf8proc_int32_t code;
      end = fits > 0 ? fits : decode(text, &code);
   }
   *rest = text + end + strspn(text + end, " ");
   if (**rest == '\0') {
      *rest = NULL;
   }
   return end;
}
