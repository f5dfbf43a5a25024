#include "output.h"

#include "writers.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JSON, JUNIT, PAGE, FILES };

static bool
path_in(const char *folder, const char *name, char *path, struct drill_error *error)
{
   int length = snprintf(path, PATH_MAX, "%s/%s", folder, name);
   if (length < 0 || length >= PATH_MAX) {
      return drill_error_false(error, "--output: the path is longer than %d bytes", PATH_MAX - 32);
   }
   return true;
}

static const char *const names[FILES] = {[JSON] = "drill.json", [JUNIT] = "junit.xml", [PAGE] = "timeline.html"};

/* Removes the results of an earlier drill, so that nobody takes them for this drill's if it can't run. */
static bool
remove_old(const char *folder, struct drill_error *error)
{
   char path[PATH_MAX];
   struct stat found;
   for (size_t i = 0; i < FILES; i++) {
      if (!path_in(folder, names[i], path, error)) {
         return false;
      }
      bool old = stat(path, &found) == 0 && S_ISREG(found.st_mode);
      if (old && unlink(path) != 0) {
         return drill_error_false(error, "--output: cannot remove the old %s: %s", path, strerror(errno));
      }
   }
   return true;
}

/* Makes the folder and its parents; existing folders are fine. */
static bool
make_folders(const char *folder, struct drill_error *error)
{
   char path[PATH_MAX];
   if (folder[0] == '\0') {
      return drill_error_false(error, "--output: the folder's name is empty");
   }
   if (!path_in(folder, "", path, error)) {
      return false;
   }
   for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
      *slash = '\0';
      if (mkdir(path, 0777) != 0 && errno != EEXIST) {
         return drill_error_false(error, "--output: cannot create the folder %s: %s", path, strerror(errno));
      }
      *slash = '/';
   }
   return true;
}

FILE *
output_open(const char *folder, struct drill_error *error)
{
   char path[PATH_MAX];
   if (!make_folders(folder, error) || !remove_old(folder, error) || !path_in(folder, "function.log", path, error)) {
      return NULL;
   }
   FILE *log = fopen(path, "we");
   if (log == NULL) {
      drill_error_set(error, "--output: cannot write %s: %s", path, strerror(errno));
   }
   return log;
}

int
output_write(const char *folder,
             const struct drill_results *results,
             struct timeline *timeline,
             struct drill_error *error)
{
   char path[PATH_MAX];
   if (!path_in(folder, names[JSON], path, error) || json_write(path, results, timeline, error) != 0 ||
       !path_in(folder, names[JUNIT], path, error) || junit_write(path, results, error) != 0 ||
       !path_in(folder, names[PAGE], path, error) || page_write(path, results, timeline, error) != 0) {
      return -1;
   }
   return 0;
}
