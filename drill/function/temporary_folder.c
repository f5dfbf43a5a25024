#include "temporary_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *
temporary_folder_new(const char *name, const char *use, struct guard *guard, struct drill_error *error)
{
   const char *where = getenv("TMPDIR");
   char *folder = NULL;
   if (asprintf(&folder, "%s/%s-XXXXXX", where != NULL && where[0] == '/' ? where : "/tmp", name) < 0) {
      drill_error_set(error, "out of memory: could not prepare %s", use);
      return NULL;
   }
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
