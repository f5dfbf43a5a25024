#include "function_package.h"

#include "elf_file.h"
#include "handler_module.h"
#include "unzip.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
#define UNZIPPED_MAX (250LL * 1000 * 1000)

static int
check_machine(const char *path, const char *bootstrap, struct drill_error *error)
{
   struct elf_file file;
   int failed = elf_file_read(&file, bootstrap);
   if (failed != 0) {
      return drill_error_set(error, "cannot read %s: %s", bootstrap, strerror(failed));
   }
   if (file.kind == FILE_OTHER) {
      return drill_error_set(error, "%s: bootstrap is neither a script (#!) nor an ELF program", path);
   }
   if (file.kind == FILE_ELF && file.machine != elf_own_machine()) {
      char its[32];
      char own[32];
      elf_machine_name(file.machine, its, sizeof its);
      elf_machine_name(elf_own_machine(), own, sizeof own);
      return drill_error_set(
         error,
         "%s: bootstrap is for %s, but this machine is %s: build the package for this machine, or run the "
         "drill on one of that architecture",
         path,
         its,
         own);
   }
   return 0;
}

static bool
is_empty(const char *folder)
{
   DIR *listing = opendir(folder);
   bool empty = listing != NULL;
   const struct dirent *entry;
   while (empty && (entry = readdir(listing)) != NULL) {
      empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
   }
   if (listing != NULL) {
      closedir(listing);
   }
   return empty;
}

static void
tell_no_bootstrap(const char *path, const char *folder, struct drill_error *error)
{
   char name[256];
   char example[300];
   struct handler_module module;
   if (is_empty(folder)) {
      drill_error_set(error, "%s: the %s is empty", path, strcmp(path, folder) == 0 ? "folder" : "package");
   } else if (handler_module_one_deeper(folder, "bootstrap", name, sizeof name)) {
      drill_error_set(
         error,
         "%s: no bootstrap at its root, but %.200s/bootstrap exists: package the contents of %.200s, not the folder",
         path,
         name,
         name);
   } else if (handler_module_guess(folder, &module, example, sizeof example)) {
      drill_error_set(error,
                      "%s: no executable file bootstrap at its root, but %s: a function for one of Lambda's managed "
                      "runtimes needs --handler, such as --handler %s",
                      path,
                      module.file,
                      example);
   } else {
      drill_error_set(error, "%s: no executable file bootstrap at its root", path);
   }
}

static int
check_bootstrap(const char *path, const char *folder, struct drill_error *error)
{
   char bootstrap[PATH_MAX];
   int length = snprintf(bootstrap, sizeof bootstrap, "%s/bootstrap", folder);
   struct stat status;
   if (length < 0 || (size_t)length >= sizeof bootstrap || stat(bootstrap, &status) != 0) {
      tell_no_bootstrap(path, folder, error);
      return -1;
   }
   if (!S_ISREG(status.st_mode)) {
      return drill_error_set(error, "%s: bootstrap is not a file", path);
   }
   if ((status.st_mode & S_IXOTH) == 0 || (status.st_mode & S_IROTH) == 0) {
      return drill_error_set(
         error,
         "%s: bootstrap has mode %04o; Lambda runs it as a user other than its owner, who cannot read and "
         "execute it: chmod 755 it",
         path,
         status.st_mode & 07777u);
   }
   return check_machine(path, bootstrap, error);
}

/* The results of one pass over all files of a package. */
struct survey {
   long long bytes;
   unsigned closed; /* entries that only their owner, or group, may read */
   char first[256]; /* the first of them */
   unsigned first_mode;
};

static void
look_at_entry(struct survey *survey, const FTSENT *entry, size_t root_length)
{
   bool folder = entry->fts_info == FTS_D;
   mode_t needed = folder ? S_IROTH | S_IXOTH : S_IROTH;
   survey->bytes += entry->fts_info == FTS_F ? (long long)entry->fts_statp->st_size : 0;
   /* A zip file has no entry for the root. */
   if ((folder || entry->fts_info == FTS_F) && entry->fts_level > 0 && (entry->fts_statp->st_mode & needed) != needed) {
      if (survey->closed++ == 0) {
         survey->first_mode = entry->fts_statp->st_mode & 07777u;
         (void)snprintf(survey->first, sizeof survey->first, "%s", entry->fts_path + root_length + 1);
      }
   }
}

static int
look_at_files(const char *path, const char *folder, struct survey *survey, struct drill_error *error)
{
   char *const paths[] = {(char *)(uintptr_t)folder, NULL};
   FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
   if (tree == NULL) {
      return drill_error_set(error, "cannot read the folder %s: %s", path, strerror(errno));
   }
   for (FTSENT *entry = fts_read(tree); entry != NULL && survey->bytes <= UNZIPPED_MAX; entry = fts_read(tree)) {
      look_at_entry(survey, entry, strlen(folder));
   }
   fts_close(tree);
   if (survey->bytes > UNZIPPED_MAX) {
      return drill_error_set(error, "%s: larger than 250 MB, Lambda's limit for an unzipped package", path);
   }
   return 0;
}

static int
check_files(struct function_package *package, const char *path, struct drill_error *error)
{
   struct survey survey = {0};
   if (look_at_files(path, package->task_root, &survey, error) != 0) {
      return -1;
   }
   if (survey.closed > 0) {
      char more[32] = "";
      if (survey.closed > 1) {
         (void)snprintf(more, sizeof more, " and %u more", survey.closed - 1);
      }
      (void)snprintf(package->warning,
                     sizeof package->warning,
                     "%.150s (mode %04o)%s: only its owner may read it, but Lambda runs the function as another user, "
                     "which gets \"permission denied\". chmod -R go+rX the package.",
                     survey.first,
                     survey.first_mode,
                     more);
   }
   return 0;
}

static int
find_start(struct function_package *package,
           const char *path,
           const struct function_start *start,
           struct guard *guard,
           struct drill_error *error)
{
   if (start->handler != NULL) {
      package->runtime = managed_runtime_new(path, package->task_root, start->handler, guard, error);
      return package->runtime != NULL ? 0 : -1;
   }
   if (start->command != NULL) {
      package->command = strdup(start->command);
      if (package->command == NULL) {
         drill_error_set(error, "out of memory: could not store the function's command");
      }
      return package->command != NULL ? 0 : -1;
   }
   if (start->find_command != NULL && start->find_command(package->task_root, &package->command, error) != 0) {
      return -1;
   }
   return package->command != NULL ? 0 : check_bootstrap(path, package->task_root, error);
}

int
function_package_open(struct function_package *package,
                      const char *path,
                      const struct function_start *start,
                      struct guard *guard,
                      struct drill_error *error)
{
   struct stat status;
   *package = (struct function_package){0};
   if (stat(path, &status) != 0) {
      return drill_error_set(error, "cannot read %s: %s", path, strerror(errno));
   }
   int failed = 0;
   if (S_ISDIR(status.st_mode)) {
      package->task_root = realpath(path, NULL);
      if (package->task_root == NULL) {
         return drill_error_set(error, "cannot read the folder %s: %s", path, strerror(errno));
      }
   } else {
      package->task_root = unzip_to_temporary(path, UNZIPPED_MAX, guard, error);
      failed = package->task_root != NULL ? 0 : -1;
   }
   if (failed == 0) {
      failed = find_start(package, path, start, guard, error);
   }
   if (failed == 0) {
      failed = check_files(package, path, error);
   }
   if (failed != 0) {
      function_package_clear(package);
   }
   return failed;
}

void
function_package_clear(struct function_package *package)
{
   managed_runtime_destroy(package->runtime);
   package->runtime = NULL;
   free(package->command);
   package->command = NULL;
   free(package->task_root);
   package->task_root = NULL;
}
