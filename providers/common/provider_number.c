#include "provider_number.h"

#include "provider_error.h"

#include <string.h>

int64_t
provider_number(const char *bytes, size_t length)
{
   int64_t number = 0;

   if (length == 0 || length > 18) {
      return -1;
   }
   for (size_t i = 0; i < length; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
         return -1;
      }
      number = number * 10 + (bytes[i] - '0');
   }
   return number;
}

enum faas_result
provider_option_number(const struct faas_host *host,
                       const char *name,
                       unsigned least,
                       unsigned most,
                       unsigned *number,
                       struct faas_error *error)
{
   const char *text = host->option(host->context, name);
   int64_t value = provider_number(text, strlen(text));

   if (value < least || value > most) {
      provider_error_set(error,
                         "Provider.BadOption",
                         "option %s: expected a whole number from %u to %u, found '%.100s'",
                         name,
                         least,
                         most,
                         text);
      return FAAS_ERROR;
   }
   *number = (unsigned)value;
   return FAAS_OK;
}
