#include "error.h"

#include <stdarg.h>
#include <stdio.h>

void
faas_error_set(struct faas_error *error, const char *type, const char *format, ...)
{
   if (error == NULL) {
      return;
   }
   (void)snprintf(error->type, sizeof error->type, "%s", type);
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(error->message, sizeof error->message, format, arguments);
   va_end(arguments);
}

void
faas_error_clear(struct faas_error *error)
{
   if (error != NULL) {
      error->type[0] = '\0';
      error->message[0] = '\0';
   }
}
