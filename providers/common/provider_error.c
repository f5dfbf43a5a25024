#include "provider_error.h"

#include "utf8.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>

void
provider_error_set(struct faas_error *error, const char *type, const char *format, ...)
{
   va_list arguments;
   if (error == NULL) {
      return;
   }
   (void)snprintf(error->type, sizeof error->type, "%s", type);
   va_start(arguments, format);
   (void)vsnprintf(error->message, sizeof error->message, format, arguments);
   va_end(arguments);
   utf8_make_one_line(error->message);
}

char *
provider_error_json(const char *type_name, const char *type, const char *message_name, const char *message)
{
   char *text = NULL;
   cJSON *tree = cJSON_CreateObject();

   if (tree != NULL && cJSON_AddStringToObject(tree, type_name, type) != NULL &&
       cJSON_AddStringToObject(tree, message_name, message) != NULL) {
      text = cJSON_PrintUnformatted(tree);
   }
   cJSON_Delete(tree);
   return text;
}
