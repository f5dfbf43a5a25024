#include "handler_module.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* AWS, "CreateFunction": Handler. */
#define HANDLER_MAX 128

/* What may follow a module's name. */
static const struct {
   enum handler_language language;
   const char *ending;
} endings[] = {{HANDLER_PYTHON, ".py"},
               {HANDLER_PYTHON, "/__init__.py"},
               {HANDLER_NODE, ".js"},
               {HANDLER_NODE, ".mjs"},
               {HANDLER_NODE, ".cjs"}};
#define ENDINGS (sizeof endings / sizeof endings[0])

static bool
is_file(const char *folder, const char *name)
{
   char path[PATH_MAX];
   struct stat status;
   int length = snprintf(path, sizeof path, "%s/%s", folder, name);
   return length > 0 && (size_t)length < sizeof path && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool
is_well_formed(const char *handler)
{
   const char *name = strrchr(handler, '/');
   name = name == NULL ? handler : name + 1;
   size_t length = strlen(handler);
   for (const char *letter = handler; *letter != '\0'; letter++) {
      if (isspace((unsigned char)*letter) || iscntrl((unsigned char)*letter)) {
         return false;
      }
   }
   return length <= HANDLER_MAX && handler[0] != '/' && name[0] != '.' && strchr(name, '.') != NULL &&
          handler[length - 1] != '.' && strstr(handler, "..") == NULL;
}

/* Length of the module's name in a well-formed handler. */
static int
module_length(const char *handler, enum handler_language language)
{
   const char *name = strrchr(handler, '/');
   const char *dot = language == HANDLER_PYTHON ? strrchr(handler, '.') : strchr(name == NULL ? handler : name, '.');
   return (int)(dot - handler);
}

/* Sets the file that handler would be in, with that ending. */
static void
name_file(const char *handler, size_t ending, struct handler_module *module)
{
   module->language = endings[ending].language;
   int length = module_length(handler, module->language);
   (void)snprintf(module->file, sizeof module->file, "%.*s%s", length, handler, endings[ending].ending);
   for (int i = 0; module->language == HANDLER_PYTHON && i < length; i++) {
      module->file[i] = module->file[i] == '.' ? '/' : module->file[i];
   }
}

bool
handler_module_one_deeper(const char *package, const char *file, char *name, size_t size)
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

static void
tell_missing(const char *package, const char *folder, const char *handler, struct drill_error *error)
{
   struct handler_module module;
   struct handler_module python;
   char deeper[256];
   for (size_t i = 0; i < ENDINGS; i++) {
      name_file(handler, i, &module);
      if (handler_module_one_deeper(folder, module.file, deeper, sizeof deeper)) {
         drill_error_set(error,
                         "--handler %s: no %s at the root of %s, but %.200s/%s exists: package the contents of %.200s, "
                         "not the folder",
                         handler,
                         module.file,
                         package,
                         deeper,
                         module.file,
                         deeper);
         return;
      }
   }
   name_file(handler, 0, &python);
   int node = module_length(handler, HANDLER_NODE);
   drill_error_set(error,
                   "--handler %s: no %s, %.*s.mjs, %.*s.js or %.*s.cjs in %s",
                   handler,
                   python.file,
                   node,
                   handler,
                   node,
                   handler,
                   node,
                   handler,
                   package);
}

int
handler_module_find(struct handler_module *module,
                    const char *package,
                    const char *folder,
                    const char *handler,
                    struct drill_error *error)
{
   if (!is_well_formed(handler)) {
      return drill_error_set(
         error,
         "--handler %.*s: not MODULE.FUNCTION, as in Lambda's handler setting: app.lambda_handler is "
         "lambda_handler in app.py",
         HANDLER_MAX,
         handler);
   }
   struct handler_module found = {.file = ""};
   for (size_t i = 0; i < ENDINGS; i++) {
      struct handler_module candidate;
      name_file(handler, i, &candidate);
      if (!is_file(folder, candidate.file)) {
         continue;
      }
      if (found.file[0] == '\0') {
         found = candidate;
      } else if (found.language != candidate.language) {
         return drill_error_set(
            error,
            "--handler %s: %s has %s and %s, which are for different runtimes: remove one from the package",
            handler,
            package,
            found.file,
            candidate.file);
      }
   }
   if (found.file[0] == '\0') {
      tell_missing(package, folder, handler, error);
      return -1;
   }
   *module = found;
   return 0;
}

bool
handler_module_guess(const char *folder, struct handler_module *module, char *example, size_t size)
{
   struct dirent **entries = NULL;
   int count = scandir(folder, &entries, NULL, alphasort);
   bool found = false;
   for (int i = 0; i < count; i++) {
      const char *name = entries[i]->d_name;
      const char *ending = strrchr(name, '.');
      for (size_t j = 0; j < ENDINGS && !found && ending != NULL && ending != name; j++) {
         if (strcmp(ending, endings[j].ending) == 0 && is_file(folder, name)) {
            found = true;
            module->language = endings[j].language;
            (void)snprintf(module->file, sizeof module->file, "%s", name);
            (void)snprintf(example,
                           size,
                           "%.*s.%s",
                           (int)(ending - name),
                           name,
                           module->language == HANDLER_PYTHON ? "lambda_handler" : "handler");
         }
      }
      free(entries[i]);
   }
   free(entries);
   return found;
}
