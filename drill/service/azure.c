/*
 * Azure Functions with a custom handler: the host starts the program that host.json names, and sends each event to POST
 * /FUNCTION. https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers, Azure/azure-functions-host
 * (src/WebJobs.Script/Workers/Http)
 */
#include "launch.h"
#include "service_kind.h"
#include "services.h"
#include "start_file.h"

#include <cJSON.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From host.json, and the function.json of its first function. */
struct azure_app {
   char function[128]; /* the folder that has a function.json; "function" if none has */
   char trigger[64];   /* name of the trigger's binding; "req" by default */
   bool forwards;      /* enableForwardingHttpRequest */
};

/* --- the app ------------------------------------------------------------------------------------------------------ */

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

/* What can't be read gets its default. */
static void *
read_app(const char *folder)
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

/* Uses customHandler.description of host.json. */
static int
find_command(const char *folder, char **command, struct drill_error *error)
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

/* --- an invocation ------------------------------------------------------------------------------------------------ */

static void
add_variables(struct variable_list *list, const struct function_config *config, const struct service_place *place)
{
   variable_list_set(list, "FUNCTIONS_CUSTOMHANDLER_PORT=%u", place->port);
   variable_list_set(list, "FUNCTIONS_HTTPWORKER_PORT=%u", place->port);
   variable_list_set(list, "FUNCTIONS_CUSTOMHANDLER_WORKER_ID=00000000-0000-4000-8000-000000000001");
   variable_list_set(list, "FUNCTIONS_WORKER_RUNTIME=custom");
   variable_list_set(list, "FUNCTIONS_EXTENSION_VERSION=~4");
   variable_list_set(list, "WEBSITE_SITE_NAME=%s", config->function_name);
   variable_list_set(list, "WEBSITE_INSTANCE_ID=00000000000000000000000000000001");
   variable_list_set(list, "REGION_NAME=West Europe");
}

/* Adds an HTTP trigger's binding. */
static bool
add_request(cJSON *data, const char *binding, const struct service_event *event)
{
   char *body = strndup(event->text, event->length);
   cJSON *request = cJSON_AddObjectToObject(data, binding);
   cJSON *headers = cJSON_AddObjectToObject(request, "Headers");
   cJSON *type = cJSON_AddArrayToObject(headers, "Content-Type");
   bool added =
      body != NULL && cJSON_AddItemToArray(type, cJSON_CreateString("application/json")) &&
      cJSON_AddStringToObject(request, "Url", "https://drill.azurewebsites.net/api/function") != NULL &&
      cJSON_AddStringToObject(request, "Method", "POST") != NULL && cJSON_AddObjectToObject(request, "Query") != NULL &&
      cJSON_AddObjectToObject(request, "Params") != NULL && cJSON_AddArrayToObject(request, "Identities") != NULL &&
      cJSON_AddStringToObject(request, "Body", body) != NULL;
   free(body);
   return added;
}

static char *
write_invocation(const struct azure_app *app, const struct service_event *event)
{
   cJSON *root = cJSON_CreateObject();
   cJSON *data = cJSON_AddObjectToObject(root, "Data");
   cJSON *metadata = cJSON_AddObjectToObject(root, "Metadata");
   cJSON *sys = cJSON_AddObjectToObject(metadata, "sys");
   bool written = cJSON_AddStringToObject(sys, "MethodName", app->function) != NULL &&
                  cJSON_AddStringToObject(sys, "RandGuid", event->id) != NULL && add_request(data, app->trigger, event);
   char *text = written ? cJSON_PrintUnformatted(root) : NULL;
   cJSON_Delete(root);
   return text;
}

static void
ask(struct http_request *request, const struct service_event *event)
{
   const struct azure_app *app = event->app;
   char line[sizeof request->target];
   (void)snprintf(line, sizeof line, app->forwards ? "POST /api/%.200s" : "POST /%.200s", app->function);
   http_request_line(request, app->forwards ? event->request : NULL, line);
   http_request_header(request, "X-Azure-Functions-InvocationId: %s", event->id);
   http_request_header(request, "X-Azure-Functions-HostVersion: 4.1037.0.0");
   if (app->forwards) {
      http_request_json(request, event->text, event->length);
      return;
   }
   char *text = write_invocation(app, event);
   if (text == NULL) {
      request->failed = true;
      return;
   }
   http_request_json(request, text, strlen(text));
   cJSON_free(text);
}

/* Takes what the function returned: ReturnValue, or the first output, for an HTTP binding {"statusCode": …}. */
static bool
take_value(const cJSON *answer, struct invocation_result *result)
{
   const cJSON *value = cJSON_GetObjectItemCaseSensitive(answer, "ReturnValue");
   if (value == NULL || cJSON_IsNull(value)) {
      const cJSON *outputs = cJSON_GetObjectItemCaseSensitive(answer, "Outputs");
      value = cJSON_IsObject(outputs) && outputs->child != NULL ? outputs->child : value;
   }
   char *text = value == NULL ? strdup("null") : cJSON_PrintUnformatted(value);
   result->outcome = INVOCATION_ANSWERED;
   result->payload = text;
   result->payload_length = text == NULL ? 0 : strlen(text);
   return text != NULL;
}

/* ReturnValue also holds the failed report of faas-harness. */
static bool
take_failure(const struct service_answer *answer, const cJSON *root, const char *what, struct invocation_result *result)
{
   const cJSON *value = cJSON_GetObjectItemCaseSensitive(root, "ReturnValue");
   char *text = cJSON_IsObject(value) ? cJSON_PrintUnformatted(value) : NULL;
   bool set = text == NULL ? service_answer_failed(result, what, answer->text, answer->length)
                           : service_answer_failed(result, what, text, strlen(text));
   cJSON_free(text);
   return set;
}

static bool
take(struct service_answer *answer, struct invocation_result *result, struct violations *violations)
{
   char what[48];
   cJSON *root = cJSON_ParseWithLength(answer->text, answer->length);
   bool taken;
   (void)snprintf(what, sizeof what, "HTTP %ld", answer->status);
   if (answer->status < 200 || answer->status >= 300) {
      taken = take_failure(answer, root, what, result);
   } else if (cJSON_IsObject(root) &&
              (cJSON_HasObjectItem(root, "Outputs") || cJSON_HasObjectItem(root, "ReturnValue"))) {
      taken = take_value(root, result);
   } else {
      /* Unchanged, because the app has its requests forwarded. */
      taken = service_answer_take_http(answer, result, violations);
   }
   cJSON_Delete(root);
   return taken;
}

static const struct service_kind kind = {
   .channel = SERVICE_TCP,
   .ready_answers = true,
   .start_ms = 30000,
   .kills_late = true,
   .late = "Azure Functions ends the process and all its other invocations",
   .add_variables = add_variables,
   .read_app = read_app,
   .ask = ask,
   .take = take,
};

const struct platform platform_azure = {
   .name = "azure",
   .title = "Azure Functions (custom handler)",
   .help = "a custom handler, never frozen; started as its host.json says",
   .client_env = "azure.func",
   .idle = PLATFORM_RUNS_ON,
   .concurrency_max = 64,
   .concurrency_default = 1,
   .memory_mb = 1536,
   .contract = "Azure's custom-handler contract",
   .idle_words = "Azure Functions does not freeze an idle process",
   .host = &service_host,
   .service = &kind,
   .find_command = find_command,
};
