#include "provider_option.h"

#include "provider_error.h"

#include <stdlib.h>
#include <string.h>

enum faas_result
provider_option_number(const struct faas_host *host,
                       const char *name,
                       unsigned least,
                       unsigned most,
                       unsigned *number,
                       struct faas_error *error)
{
   const char *text = host->option(host->context, name);
   size_t digits = strspn(text, "0123456789");
   unsigned long long value = strtoull(text, NULL, 10); /* ULLONG_MAX when it is too large */

   if (digits == 0 || text[digits] != '\0' || value < least || value > most) {
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
