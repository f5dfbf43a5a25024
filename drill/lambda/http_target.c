#include "http_target.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *
http_target_path(const char *target)
{
   static const char *const schemes[] = {"http://", "https://"};
   for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
      size_t length = strlen(schemes[i]);
      if (strncasecmp(target, schemes[i], length) == 0) {
         const char *path = strchr(target + length, '/');
         return path != NULL ? path : "/";
      }
   }
   return target;
}
