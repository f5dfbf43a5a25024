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

/* The long lists, whose elements become JSON one at a time. */
struct long_lists {
   const struct drill_invocation *invocations;
   size_t invocation_count;
   struct timeline_entry *entries;
   size_t entry_count;
   int64_t origin_us;
};

/* Takes ownership of element. */
static bool
put_element(struct result_file *file, cJSON *element, bool is_last)
{
   result_file_text(file, "  ");
   bool put = element != NULL && put_value(file, element, is_last ? "\n" : ",\n");
   cJSON_Delete(element);
   return put;
}

static bool
put_invocations(struct result_file *file, const struct long_lists *lists)
{
   bool put = true;
   for (size_t i = 0; i < lists->invocation_count && put; i++) {
      put = put_element(file, results_json_invocation(&lists->invocations[i]), i + 1 == lists->invocation_count);
   }
   return put;
}

static bool
put_entries(struct result_file *file, const struct long_lists *lists)
{
   bool put = true;
   for (size_t i = 0; i < lists->entry_count && put; i++) {
      put = put_element(file, results_json_entry(&lists->entries[i], lists->origin_us), i + 1 == lists->entry_count);
   }
   return put;
}

static bool
put_member(struct result_file *file, const struct long_lists *lists, const cJSON *member)
{
   const char *after = member->next == NULL ? "\n" : ",\n";
   bool invocations = strcmp(member->string, "invocations") == 0 && lists->invocation_count > 0;
   bool entries = strcmp(member->string, "timeline") == 0 && lists->entry_count > 0;
   if (invocations || entries) {
      result_file_text(file, "[\n");
      bool put = invocations ? put_invocations(file, lists) : put_entries(file, lists);
      result_file_text(file, " ]");
      result_file_text(file, after);
      return put;
   }
   bool lines = cJSON_IsArray(member) && member->child != NULL;
   return lines ? put_array(file, member, after) : put_value(file, member, after);
}

static bool
put_root(struct result_file *file, const struct long_lists *lists, const cJSON *root)
{
   result_file_text(file, "{\n");
   for (const cJSON *member = root->child; member != NULL; member = member->next) {
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
