#include "embedded_server.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM "secantusd-py"

/* Without a configuration file of its own the server would read the one in the home folder. */
static const char before[] = ": >\"$FOLDER/empty.toml\" && exec ";
static const char after[] = " --config \"$FOLDER/empty.toml\" --host 127.0.0.1 --port \"$PORT\" "
                            "--storage-path \"$FOLDER/data\" --sync-on-commit --enable-test-commands";

/* Checks whether the program is in a folder; folder is length bytes long. An empty or relative entry of the PATH means
 * the current folder, where anybody may have put a program, so those entries are ignored. */
static bool
is_in(const char *folder, size_t length, char path[PATH_MAX])
{
   struct stat found;
   int written = length == 0 || folder[0] != '/' || length >= PATH_MAX
                    ? -1
                    : snprintf(path, PATH_MAX, "%.*s/%s", (int)length, folder, PROGRAM);
   return written > 0 && written < PATH_MAX && stat(path, &found) == 0 && S_ISREG(found.st_mode) &&
          access(path, X_OK) == 0;
}

/* Finds the folder of this program, or "" if it was found on the PATH, where the server is looked for, too. Not by
 * /proc/self/exe: that is the dynamic linker when it was started with this program as its argument. */
static void
own_folder(const char *self, char folder[PATH_MAX])
{
   if (self != NULL && strchr(self, '/') != NULL && realpath(self, folder) != NULL) {
      *strrchr(folder, '/') = '\0';
   } else {
      folder[0] = '\0';
   }
}

static bool
is_on_the_path(char path[PATH_MAX])
{
   const char *folder = getenv("PATH");
   while (folder != NULL) {
      size_t length = strcspn(folder, ":");
      if (is_in(folder, length, path)) {
         return true;
      }
      folder = folder[length] == '\0' ? NULL : folder + length + 1;
   }
   return false;
}

/* Quotes path as one word of sh. The size allows for every character growing to its longest form. */
static char *
command_of(const char *path)
{
   char *command = malloc(sizeof before + sizeof after + 4 * strlen(path) + 3);
   if (command == NULL) {
      return NULL;
   }
   char *end = stpcpy(stpcpy(command, before), "'");
   for (const char *at = path; *at != '\0'; at++) {
      if (*at == '\'') {
         end = stpcpy(end, "'\\''");
      } else {
         *end++ = *at;
      }
   }
   stpcpy(stpcpy(end, "'"), after);
   return command;
}

char *
embedded_server_command(const char *self, struct drill_error *error)
{
   char folder[PATH_MAX], path[PATH_MAX], in_environment[PATH_MAX] = "";
   const char *environment = getenv("VIRTUAL_ENV");
   if (environment != NULL && environment[0] != '\0' &&
       snprintf(in_environment, sizeof in_environment, "%s/bin", environment) >= (int)sizeof in_environment) {
      in_environment[0] = '\0';
   }
   own_folder(self, folder);
   if (!is_in(folder, strlen(folder), path) && !is_in(in_environment, strlen(in_environment), path) &&
       !is_on_the_path(path)) {
      drill_error_set(error,
                      "no database: none of --server, --server-command, --uri and MONGODB_URI is set, and no embedded "
                      "server was found: " PROGRAM
                      " is not beside faas-drill%s%.200s, in VIRTUAL_ENV (%.200s) or on the PATH. Install it (pip "
                      "install secantusdb, with CPython 3.10 to 3.13), or pass --server HOST:PORT or --uri URI",
                      folder[0] == '\0' ? "" : " in ",
                      folder,
                      in_environment[0] == '\0' ? "not set" : in_environment);
      return NULL;
   }
   char *command = command_of(path);
   if (command == NULL) {
      drill_error_set(error, "out of memory for the command of %.200s", path);
   }
   return command;
}
