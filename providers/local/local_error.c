#include "local_error.h"

#include <stdarg.h>
#include <stdio.h>

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
}
