#include "answer.h"

#include "provider_error.h"
#include "provider_write.h"

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static enum faas_result
out_of_memory(size_t length, struct faas_error *error)
{
   provider_error_set(error, "Provider.OutOfMemory", "out of memory for an answer of %zu bytes", length);
   return FAAS_ERROR;
}

/* Between tokens a line break means the same as a space, and JSON strings contain none. */
static void
copy_joined(char *line, const char *json, size_t length)
{
   for (size_t i = 0; i < length; i++) {
      line[i] = json[i] == '\n' || json[i] == '\r' ? ' ' : json[i];
   }
}

static enum faas_result
write_joined(int descriptor, const char *json, size_t length, struct faas_error *error)
{
   enum faas_result result;
   char *line = malloc(length + 1);

   if (!line) {
      return out_of_memory(length, error);
   }
   copy_joined(line, json, length);
   line[length] = '\n';
   result = provider_write_all(descriptor, "stdout", line, length + 1, error);
   free(line);
   return result;
}

static enum faas_result
write_line(int descriptor, const char *json, size_t length, struct faas_error *error)
{
   struct iovec parts[] = {{.iov_base = (void *)(uintptr_t)json, .iov_len = length},
                           {.iov_base = (void *)(uintptr_t)"\n", .iov_len = 1}};
   bool is_line = !memchr(json, '\n', length) && !memchr(json, '\r', length);
   ssize_t written = is_line ? writev(descriptor, parts, 2) : 0;
   size_t done = written > 0 ? (size_t)written : 0;

   if (done > length) {
      return FAAS_OK;
   }
   return write_joined(descriptor, json + done, length - done, error);
}

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
   enum faas_result result =
      text ? write_laid_out(descriptor, text, error) : write_line(descriptor, report, length, error);

   cJSON_free(text);
   return result;
}

enum faas_result
answer_with_error(int descriptor, const char *type, const char *message, struct faas_error *error)
{
   enum faas_result result;
   char *text = NULL;
   cJSON *tree = cJSON_CreateObject();

   if (tree && cJSON_AddStringToObject(tree, "errorType", type) &&
       cJSON_AddStringToObject(tree, "errorMessage", message)) {
      text = cJSON_PrintUnformatted(tree);
   }
   result = text ? answer_with_report(descriptor, text, strlen(text), error) : out_of_memory(strlen(message), error);
   cJSON_free(text);
   cJSON_Delete(tree);
   return result;
}
