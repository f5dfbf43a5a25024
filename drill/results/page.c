#include "page_template.h"
#include "result_file.h"
#include "results_json.h"
#include "writers.h"

#include <errno.h>
#include <string.h>

/* Limits the page to some 4 MB, so that a browser opens any drill at once. */
static const struct results_most on_the_page = {.invocations = 3000, .report_bytes = 1500000, .entries = 6000};

/* Escapes every '<': "</script" ends the element and "<!--" begins a comment in it, wherever they stand (HTML,
 * "Restrictions for contents of script elements"). JSON has '<' only in strings. */
static void
put_json_in_html(struct result_file *file, const char *json)
{
   for (;;) {
      size_t plain = strcspn(json, "<");
      result_file_put(file, json, plain);
      json += plain;
      if (*json == '\0') {
         return;
      }
      result_file_text(file, "\\u003c");
      json++;
   }
}

int
page_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error)
{
   struct result_file file;
   if (result_file_open(&file, path, error) != 0) {
      return -1;
   }
   cJSON *json = results_to_json(results, timeline, &on_the_page);
   char *text = json == NULL ? NULL : cJSON_PrintUnformatted(json);
   cJSON_Delete(json);
   if (text == NULL) {
      result_file_fail(&file, ENOMEM);
   } else {
      result_file_put(&file, (const char *)page_head, page_head_length);
      put_json_in_html(&file, text);
      result_file_put(&file, (const char *)page_tail, page_tail_length);
   }
   cJSON_free(text);
   return result_file_close(&file, error);
}
