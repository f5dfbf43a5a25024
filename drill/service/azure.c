/*
 * Azure Functions with a custom handler: the host starts the program that host.json names, and sends each event to POST
 * /FUNCTION. https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers, Azure/azure-functions-host
 * (src/WebJobs.Script/Workers/Http)
 */
#include "azure_app.h"
#include "service_answer.h"
#include "service_kind.h"
#include "services.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

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
   .read_app = azure_app_read,
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
   .find_command = azure_app_command,
};
