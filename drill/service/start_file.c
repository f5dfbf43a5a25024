#include "start_file.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1024 * 1024)

int
start_file_read(const char *folder, const char *name, char **text, size_t *length, struct drill_error *error)
{
   char path[PATH_MAX];
   *text = NULL;
   *length = 0;
   if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
      return 0;
   }
   FILE *file = fopen(path, "re");
   if (file == NULL) {
      if (errno == ENOENT || errno == ENOTDIR) {
         return 0;
      }
      return drill_error_set(error, "cannot read %s: %s", path, strerror(errno));
   }
   char *read = malloc(FILE_BYTES_MAX + 1);
   size_t got = read == NULL ? 0 : fread(read, 1, FILE_BYTES_MAX + 1, file);
   bool failed = read == NULL || ferror(file) != 0;
   fclose(file);
   if (failed || got > FILE_BYTES_MAX) {
      drill_error_set(error, "cannot read %s: %s", path, failed ? strerror(errno) : "it is larger than 1 MiB");
      free(read);
      return -1;
   }
   read[got] = '\0';
   *text = read;
   *length = got;
   return 0;
}
