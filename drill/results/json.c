#include "result_file.h"
#include "results_json.h"
#include "writers.h"

#include <errno.h>

/* An element a line, so that line tools and diffs are of use. */
static bool
put_value(struct result_file *file, const cJSON *value, const char *after)
{
   char *text = cJSON_PrintUnformatted(value);
   if (text == NULL) {
      return false;
   }
   result_file_text(file, text);
   result_file_text(file, after);
   cJSON_free(text);
   return true;
}

static bool
put_array(struct result_file *file, const cJSON *array, const char *after)
{
   result_file_text(file, "[\n");
   for (const cJSON *element = array->child; element != NULL; element = element->next) {
      result_file_text(file, "  ");
      if (!put_value(file, element, element->next == NULL ? "\n" : ",\n")) {
         return false;
      }
   }
   result_file_text(file, " ]");
   result_file_text(file, after);
   return true;
}

static bool
put_root(struct result_file *file, const cJSON *root)
{
   result_file_text(file, "{\n");
   for (const cJSON *member = root->child; member != NULL; member = member->next) {
      const char *after = member->next == NULL ? "\n" : ",\n";
      result_file_text(file, " \"");
      result_file_text(file, member->string);
      result_file_text(file, "\": ");
      bool lines = cJSON_IsArray(member) && member->child != NULL;
      if (lines ? !put_array(file, member, after) : !put_value(file, member, after)) {
         return false;
      }
   }
   result_file_text(file, "}\n");
   return true;
}

int
json_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error)
{
   struct result_file file;
   if (result_file_open(&file, path, error) != 0) {
      return -1;
   }
   cJSON *root = results_to_json(results, timeline);
   if (root == NULL || !put_root(&file, root)) {
      result_file_fail(&file, ENOMEM);
   }
   cJSON_Delete(root);
   return result_file_close(&file, error);
}
