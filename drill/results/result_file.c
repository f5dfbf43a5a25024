#include "result_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
set_failed(struct drill_error *error, const char *path, int code)
{
   return drill_error_set(error, "cannot write %s: %s", path, strerror(code));
}

static int
open_beside(struct result_file *file)
{
   if (asprintf(&file->temporary, "%s.%ld.part", file->path, (long)getpid()) < 0) {
      file->temporary = NULL;
      return -1;
   }
   unlink(file->temporary);
   return open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static void
release(struct result_file *file)
{
   free(file->temporary);
   free(file->path);
   *file = (struct result_file){0};
}

int
result_file_open(struct result_file *file, const char *path, struct drill_error *error)
{
   *file = (struct result_file){.path = strdup(path)};
   if (file->path == NULL) {
      return set_failed(error, path, ENOMEM);
   }
   struct stat found;
   bool special = stat(path, &found) == 0 && !S_ISREG(found.st_mode);
   int descriptor = special ? open(path, O_WRONLY | O_CLOEXEC) : open_beside(file);
   file->out = descriptor < 0 ? NULL : fdopen(descriptor, "w");
   if (file->out == NULL) {
      set_failed(error, path, errno);
      if (descriptor >= 0) {
         close(descriptor);
         if (file->temporary != NULL) {
            unlink(file->temporary);
         }
      }
      release(file);
      return -1;
   }
   return 0;
}

void
result_file_put(struct result_file *file, const char *bytes, size_t length)
{
   if (file->code == 0 && fwrite(bytes, 1, length, file->out) != length) {
      file->code = errno;
   }
}

void
result_file_text(struct result_file *file, const char *text)
{
   result_file_put(file, text, strlen(text));
}

int
result_file_close(struct result_file *file, struct drill_error *error)
{
   if (fclose(file->out) != 0 && file->code == 0) {
      file->code = errno;
   }
   if (file->code == 0 && file->temporary != NULL && rename(file->temporary, file->path) != 0) {
      file->code = errno;
   }
   int status = 0;
   if (file->code != 0) {
      status = set_failed(error, file->path, file->code);
      if (file->temporary != NULL) {
         unlink(file->temporary);
      }
   }
   release(file);
   return status;
}

void
result_file_fail(struct result_file *file, int code)
{
   if (file->code == 0) {
      file->code = code;
   }
}
