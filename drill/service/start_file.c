#include "start_file.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int
start_file_procfile(const char *folder, char **command, struct drill_error *error)
{
   static const char name[] = "web:";
   char *text;
   size_t length;
   *command = NULL;
   if (start_file_read(folder, "Procfile", &text, &length, error) != 0) {
      return -1;
   }
   if (text == NULL) {
      return 0;
   }
   const char *line = text;
   while (strncmp(line, name, sizeof name - 1) != 0 && (line = strchr(line, '\n')) != NULL) {
      line++;
   }
   if (line == NULL) {
      drill_error_set(error, "%s/Procfile has no line \"web: COMMAND\"", folder);
      free(text);
      return -1;
   }
   line += sizeof name - 1;
   line += strspn(line, " \t");
   *command = strndup(line, strcspn(line, "\r\n"));
   free(text);
   if (*command == NULL) {
      return drill_error_set(error, "out of memory: could not read the Procfile");
   }
   return 0;
}

int
start_file_exec(const char *folder, char **command, struct drill_error *error)
{
   char path[PATH_MAX];
   *command = NULL;
   if (snprintf(path, sizeof path, "%s/exec", folder) >= (int)sizeof path || access(path, F_OK) != 0) {
      return 0;
   }
   if (access(path, X_OK) != 0) {
      return drill_error_set(error, "%s is not executable: chmod 755 it", path);
   }
   *command = strdup("./exec");
   if (*command == NULL) {
      return drill_error_set(error, "out of memory: could not store the function's command");
   }
   return 0;
}
