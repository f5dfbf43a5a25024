#include "azure_app.h"

#include "launch.h"
#include "start_file.h"

#include <cJSON.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns a file of the app, parsed, or NULL when there is none or it is not JSON. */
static cJSON *
read_json(const char *folder, const char *name)
{
   struct drill_error error;
   char *text;
   size_t length;
   if (start_file_read(folder, name, &text, &length, &error) != 0 || text == NULL) {
      return NULL;
   }
   cJSON *json = cJSON_ParseWithLength(text, length);
   free(text);
   return json;
}

static const cJSON *
custom_handler(const cJSON *host)
{
   return cJSON_GetObjectItem(host, "customHandler");
}

static bool
ends_in_trigger(const char *type)
{
   static const char end[] = "Trigger";
   size_t length = strlen(type);
   return length >= sizeof end - 1 && strcasecmp(type + length - (sizeof end - 1), end) == 0;
}

static bool
read_function(struct azure_app *app, const char *folder, const char *name)
{
   char path[300];
   (void)snprintf(path, sizeof path, "%s/function.json", name);
   cJSON *function = read_json(folder, path);
   const cJSON *binding;
   bool found = false;
   cJSON_ArrayForEach(binding, cJSON_GetObjectItem(function, "bindings"))
   {
      const char *type = cJSON_GetStringValue(cJSON_GetObjectItem(binding, "type"));
      const char *bound = cJSON_GetStringValue(cJSON_GetObjectItem(binding, "name"));
      if (!found && type != NULL && bound != NULL && ends_in_trigger(type)) {
         (void)snprintf(app->function, sizeof app->function, "%s", name);
         (void)snprintf(app->trigger, sizeof app->trigger, "%s", bound);
         found = true;
      }
   }
   cJSON_Delete(function);
   return found;
}

void *
azure_app_read(const char *folder)
{
   struct azure_app *app = malloc(sizeof *app);
   if (app == NULL) {
      return NULL;
   }
   *app = (struct azure_app){.function = "function", .trigger = "req"};
   cJSON *host = read_json(folder, "host.json");
   app->forwards = cJSON_IsTrue(cJSON_GetObjectItem(custom_handler(host), "enableForwardingHttpRequest"));
   cJSON_Delete(host);
   struct dirent **names;
   int count = scandir(folder, &names, NULL, alphasort);
   bool found = false;
   for (int i = 0; i < count; i++) {
      found = found || (names[i]->d_name[0] != '.' && read_function(app, folder, names[i]->d_name));
      free(names[i]);
   }
   if (count >= 0) {
      free(names);
   }
   return app;
}

/* Returns the program and its arguments, each quoted for a shell, or NULL when out of memory. */
static char *
write_command(const char *program, const cJSON *arguments)
{
   char *command = NULL;
   size_t size;
   FILE *text = open_memstream(&command, &size);
   if (text == NULL) {
      return NULL;
   }
   launch_quote(text, program);
   const cJSON *argument;
   cJSON_ArrayForEach(argument, arguments)
   {
      if (cJSON_IsString(argument)) {
         fputc(' ', text);
         launch_quote(text, argument->valuestring);
      }
   }
   if (fclose(text) != 0) {
      free(command);
      return NULL;
   }
   return command;
}

int
azure_app_command(const char *folder, char **command, struct drill_error *error)
{
   char *text;
   size_t length;
   *command = NULL;
   if (start_file_read(folder, "host.json", &text, &length, error) != 0) {
      return -1;
   }
   if (text == NULL) {
      return 0;
   }
   cJSON *host = cJSON_ParseWithLength(text, length);
   free(text);
   const cJSON *description = cJSON_GetObjectItem(custom_handler(host), "description");
   const char *program = cJSON_GetStringValue(cJSON_GetObjectItem(description, "defaultExecutablePath"));
   if (program == NULL || program[0] == '\0') {
      drill_error_set(error,
                      "%s/host.json names no customHandler.description.defaultExecutablePath%s",
                      folder,
                      host == NULL ? ": it is not JSON" : "");
      cJSON_Delete(host);
      return -1;
   }
   /* A path is relative to the app's folder, where the host starts the program. A bare name may also be on the PATH. */
   char path[1024];
   bool bare = strchr(program, '/') == NULL;
   if (bare && snprintf(path, sizeof path, "%s/%s", folder, program) < (int)sizeof path) {
      bool own = access(path, F_OK) == 0;
      (void)snprintf(path, sizeof path, "%s%s", own ? "./" : "", program);
      program = path;
   }
   *command = write_command(program, cJSON_GetObjectItem(description, "arguments"));
   cJSON_Delete(host);
   if (*command == NULL) {
      return drill_error_set(error, "out of memory: could not read host.json");
   }
   return 0;
}
