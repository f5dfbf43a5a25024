/* make_results OUTDIR INVOCATIONS [mixed|good|hostile|empty|known] [COLUMNS [colour]]: the results of an invented drill
 * as table.txt, drill.json, junit.xml and drill.html. If a file can't be written, names it on stderr and exits with 1.
 */
#include "sample_results.h"
#include "writers.h"

#include <stdlib.h>
#include <string.h>

static const char *const KINDS[] = {"mixed", "good", "hostile", "empty", "known"};

static int
kind_of(const char *name)
{
   for (int i = 0; i < (int)(sizeof KINDS / sizeof KINDS[0]); i++) {
      if (strcmp(name, KINDS[i]) == 0) {
         return i;
      }
   }
   return -1;
}

static const char *
in_folder(char path[4096], const char *folder, const char *name)
{
   snprintf(path, 4096, "%s/%s", folder, name);
   return path;
}

static int
say(int failed, const struct drill_error *error)
{
   if (failed) {
      fprintf(stderr, "%s\n", error->message);
   }
   return failed;
}

static int
write_all(
   const char *folder, const struct drill_results *results, struct timeline *timeline, unsigned columns, bool colour)
{
   char path[4096];
   struct drill_error error = {{0}};
   int failed = 0;
   FILE *table = fopen(in_folder(path, folder, "table.txt"), "w");
   if (table == NULL) {
      perror(path);
      return -1;
   }
   table_print(table, results, colour, columns);
   fclose(table);
   failed |= say(json_write(in_folder(path, folder, "drill.json"), results, timeline, &error), &error);
   failed |= say(junit_write(in_folder(path, folder, "junit.xml"), results, &error), &error);
   failed |= say(page_write(in_folder(path, folder, "drill.html"), results, timeline, &error), &error);
   return failed;
}

int
main(int argc, char **argv)
{
   int kind = argc > 3 ? kind_of(argv[3]) : SAMPLE_MIXED;
   if (argc < 3 || kind < 0) {
      fprintf(stderr, "usage: make_results OUTDIR INVOCATIONS [mixed|good|hostile|empty] [COLUMNS [colour]]\n");
      return 2;
   }
   unsigned columns = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 100;
   struct drill_results results;
   results_init(&results);
   struct timeline *timeline = timeline_new();
   if (timeline == NULL) {
      return 1;
   }
   sample_fill(&results, timeline, (enum sample_kind)kind, strtoul(argv[2], NULL, 10));
   int failed = write_all(argv[1], &results, timeline, columns, argc > 5);
   timeline_destroy(timeline);
   results_clear(&results);
   return failed ? 1 : 0;
}
