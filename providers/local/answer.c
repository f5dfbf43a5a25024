#include "answer.h"

#include "provider_error.h"
#include "provider_io.h"

#include <cjson/cJSON.h>

#include <string.h>
#include <unistd.h>

/* Returns NULL when json is not JSON, or when out of memory. Free it with cJSON_free. */
static char *
lay_out(const char *json, size_t length)
{
   cJSON *tree = cJSON_ParseWithLength(json, length);
   char *text = tree ? cJSON_Print(tree) : NULL;

   cJSON_Delete(tree);
   return text;
}

static enum faas_result
write_laid_out(int descriptor, char *text, struct faas_error *error)
{
   size_t length = strlen(text);

   text[length] = '\n';
   return provider_write_all(descriptor, "stdout", text, length + 1, error);
}

enum faas_result
answer_with_report(int descriptor, const char *report, size_t length, struct faas_error *error)
{
   char *text = isatty(descriptor) ? lay_out(report, length) : NULL;
   const struct provider_bytes whole = {report, length};
   enum faas_result result =
      text ? write_laid_out(descriptor, text, error) : provider_write_line(descriptor, "stdout", &whole, 1, error);

   cJSON_free(text);
   return result;
}

enum faas_result
answer_with_error(int descriptor, const char *type, const char *message, struct faas_error *error)
{
   char *text = provider_error_json("errorType", type, "errorMessage", message);

   if (!text) {
      provider_error_set(error, "Provider.OutOfMemory", "out of memory for an answer");
      return FAAS_ERROR;
   }
   enum faas_result result = answer_with_report(descriptor, text, strlen(text), error);
   cJSON_free(text);
   return result;
}
