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
print_by_records(char **uri, const struct uri_wish *wish, const char *path)
{
   return asprintf(uri,
                   "mongodb+srv://" USERS_NAME ":%s@" FRONT_SET_NAME ".%s/?tlsCAFile=%s",
                   wish->users->password,
                   wish->members.domain,
                   path);
}

static int
print(char **uri, const struct uri_wish *wish, const char *path)
{
   bool secure = wish->authority_file != NULL;
   char hosts[FRONT_MEMBERS][FRONT_HOST_MAX];
   for (unsigned i = 0; i < FRONT_MEMBERS; i++) {
      hello_host(hosts[i], wish->members.domain, i);
   }
   return asprintf(uri,
                   "mongodb://%s%s%s%s:%u,%s:%u,%s:%u/?replicaSet=%s%s%s",
                   secure ? USERS_NAME ":" : "",
                   secure ? wish->users->password : "",
                   secure ? "@" : "",
                   hosts[0],
                   wish->members.ports[0],
                   hosts[1],
                   wish->members.ports[1],
                   hosts[2],
                   wish->members.ports[2],
                   FRONT_SET_NAME,
                   secure ? "&authSource=admin&tls=true&tlsCAFile=" : "",
                   path);
}

char *
uri_make(const struct uri_wish *wish, struct drill_error *error)
{
   char *path = escape_path(wish->authority_file == NULL ? "" : wish->authority_file);
   char *uri = NULL;
   if (path == NULL || (wish->by_records ? print_by_records(&uri, wish, path) : print(&uri, wish, path)) < 0) {
      uri = NULL;
      drill_error_set(error, "out of memory for the front's URI");
   }
   free(path);
   return uri;
}
