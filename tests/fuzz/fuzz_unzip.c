/* What the Lambda host unpacks from any zip file.
 * - The result is files, folders and links only, all below the temporary folder that it made.
 * - No link leads out of that folder; no file is set-user-ID or writable by others; the bytes are within the limit.
 * - A refusal has a reason. */
#include "fuzz_target.h"

#include "unzip.h"

#include <ftw.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BYTES_MAX = 100000, DESCRIPTORS = 16 };

static char outer[64]; /* several folders deep, so that an escape from the temporary folder is seen */
static char inner[128];
static char *announced;
static size_t bytes;

/* --- in the place of guard.c -------------------------------------------------------------------------------------- */

char *
temporary_folder_new(const char *name, const char *use, struct guard *guard, struct drill_error *error)
{
   char path[sizeof inner + 16];

   (void)name;
   (void)use;
   (void)guard;
   (void)error;
   snprintf(path, sizeof path, "%s/package", inner);
   require(announced == NULL && mkdir(path, 0700) == 0, "one folder");
   announced = text_of(path, strlen(path));
   return text_of(path, strlen(path));
}

/* ------------------------------------------------------------------------------------------------------------------ */

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
   (void)status;
   (void)type;
   return at->level == 0 ? 0 : remove(path);
}

static void
remove_outer(void)
{
   nftw(outer, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
   rmdir(outer);
}

static void
make_inner(void)
{
   if (outer[0] == '\0') {
      strcpy(outer, "/tmp/faas-fuzz-XXXXXX");
      require(mkdtemp(outer) != NULL, "a folder");
      atexit(remove_outer);
   }
   snprintf(inner, sizeof inner, "%s/a", outer);
   require(mkdir(inner, 0700) == 0, "a folder in it");
   strcat(inner, "/b");
   require(mkdir(inner, 0700) == 0, "a folder in that one");
}

static bool
is_below(const char *path, const char *folder)
{
   size_t length = strlen(folder);

   return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static void
check_link(const char *path)
{
   char target[PATH_MAX];
   ssize_t length = readlink(path, target, sizeof target);
   char *there = realpath(path, NULL);

   require(length > 0 && target[0] != '/', "a link that is relative");
   require(there == NULL || is_below(there, announced), "a link to what is in the package");
   free(there);
}

static int
check_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
   (void)type;
   (void)at;
   if (is_below(inner, path)) {
      return 0;
   }
   require(announced != NULL && is_below(path, announced), "nothing beside the folder");
   if (S_ISLNK(status->st_mode)) {
      check_link(path);
      return 0;
   }
   require(S_ISREG(status->st_mode) || S_ISDIR(status->st_mode), "files, folders and links");
   require((status->st_mode & (S_ISUID | S_ISGID | S_ISVTX | S_IWGRP | S_IWOTH)) == 0, "a mode that does no harm");
   bytes += S_ISREG(status->st_mode) ? (size_t)status->st_size : 0;
   return 0;
}

static char *
unzip(const uint8_t *data, size_t size)
{
   char path[64];
   struct drill_error error = {""};
   int descriptor = memfd_create("package", MFD_CLOEXEC);

   require(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size, "a file in memory");
   snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
   char *folder = unzip_to_temporary(path, BYTES_MAX, NULL, &error);
   close(descriptor);
   require((folder != NULL) == (error.message[0] == '\0'), "a folder, or a reason why not");
   return folder;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   make_inner();
   bytes = 0;
   char *folder = unzip(data, size);

   require(folder == NULL || strcmp(folder, announced) == 0, "the temporary folder");
   require(nftw(outer, check_one, DESCRIPTORS, FTW_PHYS) == 0, "folders that can be read");
   require(bytes <= BYTES_MAX, "bytes within the limit");
   nftw(outer, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
   free(folder);
   free(announced);
   announced = NULL;
   return 0;
}
