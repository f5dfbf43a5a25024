#include "uri_text.h"

#include <stdbool.h>
#include <stddef.h>
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

/* True for a list like HOST:PORT,HOST,[HOST]. */
static bool
are_hosts(const char *text, size_t length)
{
   static const char digits[] = "0123456789";
   const char *end = text + length;
   while (text < end) {
      text += *text == '[' ? 1 + strspn(text + 1, "0123456789abcdefABCDEF:.%") : 0;
      text += strspn(text, "]abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
      text += *text == ':' ? 1 + strspn(text + 1, digits) : 0;
      if (text < end && *text++ != ',') {
         return false;
      }
   }
   return length > 0;
}

char *
uri_without_secrets(const char *uri)
{
   char *shown = NULL;
   const char *hosts = strstr(uri, "://");
   hosts = hosts == NULL ? uri : hosts + 3;
   int scheme = (int)(hosts - uri);
   const char *at = strchr(hosts, '@');
   bool doubtful = at != NULL && (strchr(at + 1, '@') != NULL || strcspn(hosts, "?") < (size_t)(at - hosts));
   hosts = at == NULL ? hosts : at + 1;
   int length = (int)strcspn(hosts, "/?");
   doubtful = doubtful || !are_hosts(hosts, (size_t)length);
   if (asprintf(&shown, "%.*s%.*s", scheme, uri, doubtful ? (int)strlen("…") : length, doubtful ? "…" : hosts) < 0) {
      shown = NULL;
   }
   return shown;
}
