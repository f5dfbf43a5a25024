#include "page_template.h"
#include "writers.h"

#if __has_include("results_json.h")
#include "results_json.h"
#endif

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *
page_data(const struct drill_results *results, struct timeline *timeline)
{
#if __has_include("results_json.h")
   cJSON *json = results_to_json(results, timeline);
   char *text = json == NULL ? NULL : cJSON_PrintUnformatted(json);
   cJSON_Delete(json);
   return text;
#else
   (void)results;
   (void)timeline;
   return strdup("null");
#endif
}

/* "</script" ends the element and "<!--" begins a comment in it wherever they are (HTML, "Restrictions for contents of
 * script elements"), so no '<' is left; outside of JSON strings there is none. */
static void
write_json_in_html(FILE *file, const char *json)
{
   for (;;) {
      size_t plain = strcspn(json, "<");
      (void)fwrite(json, 1, plain, file);
      json += plain;
      if (*json == '\0') {
         return;
      }
      (void)fputs("\\u003c", file);
      json++;
   }
}

static int
write_file(const char *path, const char *json)
{
   FILE *file = fopen(path, "we");
   if (file == NULL) {
      return -1;
   }
   (void)fwrite(page_head, 1, page_head_length, file);
   write_json_in_html(file, json);
   (void)fwrite(page_tail, 1, page_tail_length, file);
   int failed = ferror(file) ? errno : 0;
   if (fclose(file) != 0) {
      return -1;
   }
   errno = failed;
   return failed != 0 ? -1 : 0;
}

int
page_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error)
{
   int status = -1;
   char *json = page_data(results, timeline);
   size_t length = strlen(path) + sizeof ".part";
   char *part = malloc(length);
   if (json == NULL || part == NULL) {
      drill_error_set(error, "No memory for the page %s.", path);
      goto done;
   }
   (void)snprintf(part, length, "%s.part", path);
   if (write_file(part, json) != 0 || rename(part, path) != 0) {
      drill_error_set(error, "Can't write the page %s: %s.", path, strerror(errno));
      (void)unlink(part);
      goto done;
   }
   status = 0;

done:
   free(part);
   cJSON_free(json);
   return status;
}
