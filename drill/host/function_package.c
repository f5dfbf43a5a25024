#include "function_package.h"

#include "elf_file.h"
#include "unzip.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
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
      drill_error_set(error, "expected to read %s, found: %s", bootstrap, strerror(failed));
      return -1;
   }
   if (file.kind == FILE_OTHER) {
      drill_error_set(error, "%s: bootstrap is neither a script (#!) nor an ELF program", path);
      return -1;
   }
   if (file.kind == FILE_ELF && file.machine != elf_own_machine()) {
      char its[32];
      char own[32];
      elf_machine_name(file.machine, its, sizeof its);
      elf_machine_name(elf_own_machine(), own, sizeof own);
      drill_error_set(
         error,
         "%s: bootstrap is for %s, this machine is %s: build the package for this one, or run the drill on "
         "a machine of that architecture",
         path,
         its,
         own);
      return -1;
   }
   return 0;
}

static int
check_bootstrap(const char *path, const char *folder, struct drill_error *error)
{
   char bootstrap[PATH_MAX];
   int length = snprintf(bootstrap, sizeof bootstrap, "%s/bootstrap", folder);
   struct stat status;
   if (length < 0 || (size_t)length >= sizeof bootstrap || stat(bootstrap, &status) != 0) {
      drill_error_set(error, "%s: expected an executable file bootstrap at its root, found none", path);
      return -1;
   }
   if (!S_ISREG(status.st_mode) || access(bootstrap, X_OK) != 0) {
      drill_error_set(error,
                      "%s: expected bootstrap to be a file with permission to be executed, found %s: chmod 755 it",
                      path,
                      S_ISREG(status.st_mode) ? "it without" : "no file of that name");
      return -1;
   }
   return check_machine(path, bootstrap, error);
}

static int
check_size(const char *path, const char *folder, struct drill_error *error)
{
   char *const paths[] = {(char *)(uintptr_t)folder, NULL};
   FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
   if (tree == NULL) {
      drill_error_set(error, "%s: expected to read the folder, found: %s", path, strerror(errno));
      return -1;
   }
   long long bytes = 0;
   for (FTSENT *entry = fts_read(tree); entry != NULL && bytes <= UNZIPPED_MAX; entry = fts_read(tree)) {
      bytes += entry->fts_info == FTS_F ? (long long)entry->fts_statp->st_size : 0;
   }
   fts_close(tree);
   if (bytes > UNZIPPED_MAX) {
      drill_error_set(error, "%s: expected at most 250 MB, Lambda's limit for an unzipped package, found more", path);
      return -1;
   }
   return 0;
}

int
function_package_open(struct function_package *package,
                      const char *path,
                      struct guard *guard,
                      struct drill_error *error)
{
   struct stat status;
   package->task_root = NULL;
   if (stat(path, &status) != 0) {
      drill_error_set(error, "%s: expected a folder or a zip file, found: %s", path, strerror(errno));
      return -1;
   }
   int failed = 0;
   if (S_ISDIR(status.st_mode)) {
      package->task_root = realpath(path, NULL);
      if (package->task_root == NULL) {
         drill_error_set(error, "%s: expected a folder, found: %s", path, strerror(errno));
         return -1;
      }
   } else {
      package->task_root = unzip_to_temporary(path, UNZIPPED_MAX, guard, error);
      failed = package->task_root != NULL ? 0 : -1;
   }
   if (failed == 0) {
      failed = check_bootstrap(path, package->task_root, error);
   }
   if (failed == 0) {
      failed = check_size(path, package->task_root, error);
   }
   if (failed != 0) {
      function_package_clear(package);
   }
   return failed;
}

void
function_package_clear(struct function_package *package)
{
   free(package->task_root);
   package->task_root = NULL;
}
