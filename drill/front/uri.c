#include "uri.h"

#include "hello.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A path as the value of an option: RFC 3986, 2.3. NULL when out of memory. */
static char *
escape_path(const char *path)
{
   static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
   char *escaped = malloc(3 * strlen(path) + 1);
   char *end = escaped;
   for (; escaped != NULL && *path != '\0'; path++) {
      if (strchr(plain, *path) != NULL) {
         *end++ = *path;
      } else {
         end += snprintf(end, 4, "%%%02X", (unsigned char)*path);
      }
   }
   if (escaped != NULL) {
      *end = '\0';
   }
   return escaped;
}

char *
uri_make(const uint16_t ports[FRONT_MEMBERS],
         const struct users *users,
         const char *authority_file,
         struct drill_error *error)
{
   bool secure = authority_file != NULL;
   char *path = escape_path(secure ? authority_file : "");
   char *uri = NULL;
   if (path == NULL || asprintf(&uri,
                                "mongodb://%s%s%s127.0.0.1:%u,127.0.0.1:%u,127.0.0.1:%u/?replicaSet=%s%s%s",
                                secure ? USERS_NAME ":" : "",
                                secure ? users->password : "",
                                secure ? "@" : "",
                                ports[0],
                                ports[1],
                                ports[2],
                                HELLO_SET_NAME,
                                secure ? "&authSource=admin&tls=true&tlsCAFile=" : "",
                                path) < 0) {
      uri = NULL;
      drill_error_set(error, "no memory for the front's URI");
   }
   free(path);
   return uri;
}
