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
append_item(char *text, size_t size, const char *separator, const char *item)
{
   append_text(text, size, "%s%s", text[0] == '\0' ? "" : separator, item);
}
