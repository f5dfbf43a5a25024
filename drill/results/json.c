#include "result_file.h"
#include "results_json.h"
#include "writers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One element per line, so that line tools and diffs are useful. */
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

/* The long lists, whose elements become JSON one at a time, because all of them together may exceed memory. */
struct long_lists {
   const struct drill_invocation *invocations;
   size_t invocation_count;
   struct timeline_entry *entries;
   size_t entry_count;
   int64_t origin_us;
};

static size_t
count_of(const struct long_lists *lists, const cJSON *array)
{
   return strcmp(array->string, "invocations") == 0 ? lists->invocation_count
          : strcmp(array->string, "timeline") == 0  ? lists->entry_count
                                                    : (size_t)cJSON_GetArraySize(array);
}

/* The caller owns it. Returns NULL when out of memory. */
static cJSON *
take_element(const struct long_lists *lists, cJSON *array, size_t index)
{
   return strcmp(array->string, "invocations") == 0 ? results_json_invocation(&lists->invocations[index])
          : strcmp(array->string, "timeline") == 0  ? results_json_entry(&lists->entries[index], lists->origin_us)
                                                    : cJSON_DetachItemFromArray(array, 0);
}

static bool
put_member(struct result_file *file, const struct long_lists *lists, cJSON *member)
{
   const char *after = member->next == NULL ? "\n" : ",\n";
   size_t count = cJSON_IsArray(member) ? count_of(lists, member) : 0;
   if (count == 0) {
      return put_value(file, member, after);
   }
   bool put = true;
   result_file_text(file, "[\n");
   for (size_t i = 0; i < count && put; i++) {
      cJSON *element = take_element(lists, member, i);
      result_file_text(file, "  ");
      put = element != NULL && put_value(file, element, i + 1 == count ? "\n" : ",\n");
      cJSON_Delete(element);
   }
   result_file_text(file, " ]");
   result_file_text(file, after);
   return put;
}

static bool
put_root(struct result_file *file, const struct long_lists *lists, cJSON *root)
{
   result_file_text(file, "{\n");
   for (cJSON *member = root->child; member != NULL; member = member->next) {
      result_file_text(file, " \"");
      result_file_text(file, member->string);
      result_file_text(file, "\": ");
      if (!put_member(file, lists, member)) {
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
   struct long_lists lists = {.invocations = results->invocations, .invocation_count = results->invocation_count};
   if (timeline != NULL) {
      lists.entries = timeline_copy(timeline, 0, &lists.entry_count);
      lists.origin_us = timeline_origin_us(timeline);
   }
   cJSON *root = results_to_json_frame(results);
   if (root == NULL || !put_root(&file, &lists, root)) {
      result_file_fail(&file, ENOMEM);
   }
   cJSON_Delete(root);
   free(lists.entries);
   return result_file_close(&file, error);
}
