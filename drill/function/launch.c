#include "launch.h"

#include "elf_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
join(char *path, const char *folder, const char *rest, struct drill_error *error)
{
   int length = snprintf(path, PATH_MAX, "%s%s", folder, rest);
   if (length < 0 || length >= PATH_MAX) {
      return drill_error_set(error, "the path is longer than %d bytes: %.200s…%s", PATH_MAX, folder, rest);
   }
   return 0;
}

/* See ld.so(8). */
static int
start_by_loader(struct launch *launch, const char *interpreter, struct drill_error *error)
{
   if (join(launch->loader, launch->folder, interpreter + strlen(ROOT_TASK), error) != 0) {
      return -1;
   }
   /* A package keeps its loader among its libraries. */
   (void)snprintf(launch->libraries,
                  sizeof launch->libraries,
                  "%.*s",
                  (int)(strrchr(launch->loader, '/') - launch->loader),
                  launch->loader);
   launch->arguments[0] = launch->loader;
   launch->arguments[1] = (char *)(uintptr_t)"--library-path";
   launch->arguments[2] = launch->libraries;
   launch->arguments[3] = launch->bootstrap;
   return 0;
}

/* exec replaces the shell's process by the command's, so that signals reach the command. */
static int
start_by_shell(struct launch *launch, const char *command, struct drill_error *error)
{
   if (asprintf(&launch->command, "exec %s", command) < 0) {
      launch->command = NULL;
      return drill_error_set(error, "out of memory: could not store the function's command");
   }
   launch->arguments[0] = (char *)(uintptr_t)"/bin/sh";
   launch->arguments[1] = (char *)(uintptr_t)"-c";
   launch->arguments[2] = launch->command;
   return 0;
}

int
launch_init(
   struct launch *launch, const char *folder, const char *runtime, const char *command, struct drill_error *error)
{
   memset(launch, 0, sizeof *launch);
   launch->folder = folder;
   launch->managed = runtime != NULL;
   launch->task_root = folder;
   launch->isolation = isolation_possible();
   if (launch->isolation != ISOLATION_NONE) {
      launch->task_root = ROOT_TASK;
   }
   if (command != NULL) {
      return start_by_shell(launch, command, error);
   }
   if (join(launch->bootstrap, launch->managed ? runtime : folder, "/bootstrap", error) != 0) {
      return -1;
   }
   launch->arguments[0] = launch->bootstrap;
   struct elf_file file;
   int failed = elf_file_read(&file, launch->bootstrap);
   if (failed != 0) {
      return drill_error_set(error, "cannot read %s: %s", launch->bootstrap, strerror(failed));
   }
   if (launch->isolation != ISOLATION_NONE) {
      return join(launch->bootstrap, launch->managed ? ROOT_RUNTIME : ROOT_TASK, "/bootstrap", error);
   }
   static const char task[] = ROOT_TASK "/";
   return strncmp(file.interpreter, task, sizeof task - 1) == 0 ? start_by_loader(launch, file.interpreter, error) : 0;
}

void
launch_clear(struct launch *launch)
{
   free(launch->command);
   launch->command = NULL;
}

/* Sets the path after #!, as execve(2) reads it; empty if there is none. */
static void
read_interpreter(const char *folder, char *interpreter, size_t size)
{
   char path[PATH_MAX];
   char line[256] = "";
   interpreter[0] = '\0';
   if (join(path, folder, "/bootstrap", NULL) != 0) {
      return;
   }
   FILE *file = fopen(path, "re");
   if (file != NULL && fgets(line, sizeof line, file) != NULL && strncmp(line, "#!", 2) == 0) {
      const char *start = line + 2 + strspn(line + 2, " \t");
      (void)snprintf(interpreter, size, "%.*s", (int)strcspn(start, " \t\n"), start);
   }
   if (file != NULL) {
      fclose(file);
   }
}

void
launch_explain(const struct launch *launch, struct drill_error *error)
{
   char interpreter[256];
   char message[sizeof error->message];
   read_interpreter(launch->folder, interpreter, sizeof interpreter);
   if (launch->managed || launch->isolation == ISOLATION_NONE || interpreter[0] != '/' ||
       access(interpreter, X_OK) != 0 || strncmp(interpreter, "/usr/", 5) == 0 ||
       strncmp(interpreter, "/bin/", 5) == 0) {
      return;
   }
   (void)snprintf(message, sizeof message, "%s", error->message);
   drill_error_set(error,
                   "%.400s. Its interpreter %s is on this machine but not in the package, so Lambda would not have it "
                   "either. --mount gives the function a folder of this machine.",
                   message,
                   interpreter);
}

void
launch_quote(FILE *file, const char *word)
{
   fputc('\'', file);
   for (; *word != '\0'; word++) {
      if (*word == '\'') {
         fputs("'\\''", file);
      } else {
         fputc(*word, file);
      }
   }
   fputc('\'', file);
}
