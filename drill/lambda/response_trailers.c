#include "response_trailers.h"

#include "base64.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
trailer(struct MHD_Connection *connection, const char *name)
{
   const char *value = MHD_lookup_connection_value(connection, MHD_FOOTER_KIND, name);
   return value != NULL ? value : "";
}

/* Returns NULL when out of memory. */
static char *
error_of_type(const char *type)
{
   char *text = NULL;
   cJSON *error = cJSON_CreateObject();
   if (cJSON_AddStringToObject(error, "errorType", type) != NULL &&
       cJSON_AddStringToObject(error, "errorMessage", "The function ended its response with an error.") != NULL) {
      text = cJSON_PrintUnformatted(error);
   }
   cJSON_Delete(error);
   return text;
}

/* https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, "Implementing response streaming in a custom
 * runtime": the trailers hold the type, and in base64 the error as it would be posted to /error. */
bool
response_trailers_take(struct MHD_Connection *connection, struct runtime_request *request, char *type, size_t size)
{
   const char *named = trailer(connection, "Lambda-Runtime-Function-Error-Type");
   if (named[0] == '\0') {
      return false;
   }
   snprintf(type, size, "%s", named);
   size_t length = 0;
   char *error = base64_decode(trailer(connection, "Lambda-Runtime-Function-Error-Body"), &length);
   if (error == NULL || length == 0) {
      free(error);
      error = error_of_type(type);
      length = error != NULL ? strlen(error) : 0;
   }
   free(request->body);
   request->body = error;
   request->length = length;
   return true;
}
