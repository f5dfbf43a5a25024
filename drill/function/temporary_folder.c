#include "temporary_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *
temporary_folder_new(const char *name, const char *use, struct guard *guard, struct drill_error *error)
{
   const char *where = getenv("TMPDIR");
   char *root = realpath(where != NULL && where[0] != '\0' ? where : "/tmp", NULL);
   char *folder = NULL;
   if (root == NULL || asprintf(&folder, "%s/%s-XXXXXX", root, name) < 0) {
      drill_error_set(error, "no folder for temporary files (TMPDIR, else /tmp): %s", strerror(errno));
      free(root);
      return NULL;
   }
   free(root);
   if (mkdtemp(folder) == NULL) {
      drill_error_set(error, "cannot create a folder %s for %s: %s", folder, use, strerror(errno));
      free(folder);
      return NULL;
   }
   guard_add_folder(guard, folder);
   return folder;
}

void
temporary_folder_remove(char *folder, struct guard *guard)
{
   if (folder != NULL) {
      guard_remove_folder(guard, folder);
      free(folder);
   }
}
