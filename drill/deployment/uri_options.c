#include "uri_options.h"

#include <stdio.h>
#include <string.h>

char *
uri_with_options(const char *uri, const char *given, const char *more)
{
   char *whole = NULL;
   const char *separator = "";
   if (given != NULL || more != NULL) {
      const char *hosts = strstr(uri, "://");
      const char *slash = hosts == NULL ? NULL : strchr(hosts + 3, '/');
      separator = strchr(uri, '?') != NULL ? "&" : slash != NULL ? "?" : "/?";
   }
   if (asprintf(&whole,
                "%s%s%s%s%s",
                uri,
                separator,
                given == NULL ? "" : given,
                given == NULL || more == NULL ? "" : "&",
                more == NULL ? "" : more) < 0) {
      return NULL;
   }
   return whole;
}
