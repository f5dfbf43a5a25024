#include "uri.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Escapes a path for the value of an option (RFC 3986, 2.3). Returns NULL when out of memory. */
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

static int
print(char **uri, const struct front_set *set, bool secure, const char *path)
{
   char hosts[FRONT_MEMBERS][FRONT_HOST_MAX];
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      hello_host(hosts[i], set->domain, i);
   }
   return asprintf(uri,
                   "mongodb://%s%s%s%s:%u,%s:%u,%s:%u/?replicaSet=%s%s%s",
                   secure ? USERS_NAME ":" : "",
                   secure ? set->users.password : "",
                   secure ? "@" : "",
                   hosts[0],
                   set->members[0].port,
                   hosts[1],
                   set->members[1].port,
                   hosts[2],
                   set->members[2].port,
                   FRONT_SET_NAME,
                   secure ? "&authSource=admin&tls=true&tlsCAFile=" : "",
                   path);
}

char *
uri_make(const struct front_set *set, const char *authority_file, bool by_records, struct drill_error *error)
{
   static const char records[] = "mongodb+srv://" USERS_NAME ":%s@" FRONT_SET_NAME ".%s/?tlsCAFile=%s";
   char *path = escape_path(authority_file == NULL ? "" : authority_file);
   char *uri = NULL;
   if (path == NULL || (by_records ? asprintf(&uri, records, set->users.password, set->domain, path)
                                   : print(&uri, set, authority_file != NULL, path)) < 0) {
      uri = NULL;
      drill_error_set(error, "out of memory for the front's URI");
   }
   free(path);
   return uri;
}
