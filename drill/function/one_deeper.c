#include "one_deeper.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

bool
one_deeper_find(const char *package, const char *file, char *name, size_t size)
{
   DIR *directory = opendir(package);
   bool found = false;
   for (struct dirent *entry = directory == NULL ? NULL : readdir(directory); entry != NULL && !found;
        entry = readdir(directory)) {
      char path[PATH_MAX];
      int length = snprintf(path, sizeof path, "%s/%s/%s", package, entry->d_name, file);
      found = entry->d_name[0] != '.' && (size_t)length < sizeof path && access(path, F_OK) == 0;
      if (found) {
         (void)snprintf(name, size, "%s", entry->d_name);
      }
   }
   if (directory != NULL) {
      closedir(directory);
   }
   return found;
}
