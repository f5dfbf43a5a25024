#include "secret_file.h"

#include "uri_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
secret_file_init(struct secret_file *file, const char *parent, struct drill_error *error)
{
   *file = (struct secret_file){0};
   if (asprintf(&file->folder, "%s/secret", parent) < 0) {
      file->folder = NULL;
   }
   if (file->folder != NULL && asprintf(&file->path, "%s/uri", file->folder) < 0) {
      file->path = NULL;
   }
   if (file->path == NULL) {
      return drill_error_set(error, "out of memory: could not create a file for the function's URI");
   }
   /* The function runs as another user. The folder above keeps all others out. */
   if (mkdir(file->folder, 0755) != 0 || chmod(file->folder, 0755) != 0) {
      return drill_error_set(error, "cannot create the folder %s: %s", file->folder, strerror(errno));
   }
   return 0;
}

void
secret_file_clear(struct secret_file *file)
{
   free(file->folder);
   free(file->path);
   *file = (struct secret_file){0};
}

static bool
write_new(const char *path, const char *text)
{
   int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
   size_t length = strlen(text);
   bool written =
      descriptor >= 0 && fchmod(descriptor, 0644) == 0 && write(descriptor, text, length) == (ssize_t)length;
   if (descriptor >= 0) {
      written = close(descriptor) == 0 && written;
   }
   return written;
}

int
secret_file_write(const struct secret_file *file, const char *uri, const char *options, struct drill_error *error)
{
   char *text = uri_with_options(uri, options, NULL);
   char *new = NULL;
   if (asprintf(&new, "%s.new", file->path) < 0) {
      new = NULL;
   }
   bool written = text != NULL && new != NULL && write_new(new, text) && rename(new, file->path) == 0;
   if (!written) {
      drill_error_set(error, "cannot write %s: %s", file->path, strerror(errno));
   }
   free(new);
   free(text);
   return written ? 0 : -1;
}
