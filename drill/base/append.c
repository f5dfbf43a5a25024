#include "append.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
append_text(char *text, size_t size, const char *format, ...)
{
   size_t length = strlen(text);
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(text + length, size - length, format, arguments);
   va_end(arguments);
}

void
rewrite_text(char *text, size_t size, const char *format, ...)
{
   char whole[1024];
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(whole, size < sizeof whole ? size : sizeof whole, format, arguments);
   va_end(arguments);
   memcpy(text, whole, strlen(whole) + 1);
}

void
append_item(char *text, size_t size, const char *separator, const char *item)
{
   append_text(text, size, "%s%s", text[0] == '\0' ? "" : separator, item);
}
