#include "error.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 2, 0))) static void
set(struct drill_error *error, const char *format, va_list arguments)
{
   if (error != NULL) {
      vsnprintf(error->message, sizeof error->message, format, arguments);
   }
}

int
drill_error_set(struct drill_error *error, const char *format, ...)
{
   va_list arguments;
   va_start(arguments, format);
   set(error, format, arguments);
   va_end(arguments);
   return -1;
}

bool
drill_error_false(struct drill_error *error, const char *format, ...)
{
   va_list arguments;
   va_start(arguments, format);
   set(error, format, arguments);
   va_end(arguments);
   return false;
}
