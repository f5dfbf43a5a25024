/* exec: starts the harness of an OpenWhisk action with its own dynamic linker and libraries, wherever the action was
 * unpacked. Linked statically, because a program's path to its dynamic linker is fixed. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HARNESS "faas-harness/bin/faas-harness"

static bool
beside(char *path, size_t size, const char *folder, const char *name)
{
   int wrote = snprintf(path, size, "%s/%s", folder, name);
   return wrote > 0 && (size_t)wrote < size;
}

int
main(int argc, char **argv)
{
   (void)argc;
   (void)argv;
   char folder[PATH_MAX];
   char loader[PATH_MAX];
   char harness[PATH_MAX];
   ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
   if (length < 0) {
      fprintf(stderr, "exec: cannot read /proc/self/exe: %s\n", strerror(errno));
      return 2;
   }
   folder[length] = '\0';
   *strrchr(folder, '/') = '\0';
   if (!beside(loader, sizeof loader, folder, "faas-harness/bin/" LOADER) ||
       !beside(harness, sizeof harness, folder, HARNESS)) {
      fprintf(stderr, "exec: %s is too long a path\n", folder);
      return 2;
   }
   execl(loader, loader, "--inhibit-cache", harness, "--provider", "openwhisk", (char *)NULL);
   fprintf(stderr, "exec: cannot start %s: %s; the zip file must be unpacked whole\n", loader, strerror(errno));
   return 2;
}
