#include "append.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
append_text(struct text_out out, const char *format, ...)
{
   size_t length = strlen(out.text);
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(out.text + length, out.size - length, format, arguments);
   va_end(arguments);
}

void
write_text(struct text_out out, const char *format, ...)
{
   char whole[1024];
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(whole, out.size < sizeof whole ? out.size : sizeof whole, format, arguments);
   va_end(arguments);
   memcpy(out.text, whole, strlen(whole) + 1);
}

void
append_item(struct text_out out, const char *separator, const char *item)
{
   append_text(out, "%s%s", out.text[0] == '\0' ? "" : separator, item);
}
