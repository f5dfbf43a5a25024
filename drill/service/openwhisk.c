/*
 * Apache OpenWhisk's action loop: a line of JSON for each activation, and a line on descriptor 3 for each answer. The
 * container is paused when idle. https://github.com/apache/openwhisk-runtime-go, docs/ACTION.md
 */
#include "service_kind.h"
#include "services.h"

#include <cJSON.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
add_variables(struct variable_list *list, const struct function_config *config, const struct service_place *place)
{
   (void)place;
   variable_list_set(list, "__OW_WAIT_FOR_ACK=1");
   variable_list_set(list, "__OW_ACTION_NAME=/guest/%s", config->function_name);
   variable_list_set(list, "__OW_ACTION_VERSION=0.0.1");
   variable_list_set(list, "__OW_NAMESPACE=guest");
   variable_list_set(list, "__OW_API_HOST=http://127.0.0.1:1");
   variable_list_set(list, "__OW_EXECUTION_ENV=openwhisk/action-golang-v1.20");
}

static void
ask(struct http_request *request, const struct service_event *event)
{
   char *line = NULL;
   cJSON *activation = cJSON_CreateObject();
   cJSON *value = cJSON_ParseWithLength(event->text, event->length);
   char deadline[32];
   (void)snprintf(deadline, sizeof deadline, "%lld", event->deadline_ms);
   if (value != NULL && cJSON_AddItemToObject(activation, "value", value)) {
      value = NULL;
      if (cJSON_AddStringToObject(activation, "activation_id", event->id) != NULL &&
          cJSON_AddStringToObject(activation, "deadline", deadline) != NULL &&
          cJSON_AddStringToObject(activation, "namespace", "guest") != NULL &&
          cJSON_AddStringToObject(activation, "action_name", "/guest/function") != NULL) {
         line = cJSON_PrintUnformatted(activation);
      }
   }
   cJSON_Delete(value);
   cJSON_Delete(activation);
   if (line == NULL) {
      request->failed = true;
      return;
   }
   http_request_body(request, line, strlen(line));
   cJSON_free(line);
}

static bool
take(struct service_answer *answer, struct invocation_result *result, struct violations *violations)
{
   cJSON *object = cJSON_ParseWithLength(answer->text, answer->length);
   bool is_object = cJSON_IsObject(object), failed = cJSON_HasObjectItem(object, "error");
   cJSON_Delete(object);
   if (!is_object) {
      violations_add(violations,
                     "an OpenWhisk action must answer with one JSON object, found %.100s%s",
                     answer->text,
                     answer->length > 100 ? "…" : "");
      return service_answer_failed(result, "NotAnObject", answer->text, answer->length);
   }
   if (failed) {
      return service_answer_failed(result, "ApplicationError", answer->text, answer->length);
   }
   result->outcome = INVOCATION_ANSWERED;
   result->payload = answer->text;
   result->payload_length = answer->length;
   answer->text = NULL;
   return true;
}

/* Uses an executable file named exec. */
static int
find_command(const char *folder, char **command, struct drill_error *error)
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

static const struct service_kind kind = {
   .channel = SERVICE_LINES,
   .start_ms = 60000,
   .kills_late = true,
   .late = "OpenWhisk ends the container",
   .add_variables = add_variables,
   .ask = ask,
   .take = take,
};

const struct platform platform_openwhisk = {
   .name = "openwhisk",
   .title = "Apache OpenWhisk",
   .help = "an action that reads lines, frozen; its file exec is started",
   .client_env = "",
   .idle = PLATFORM_FREEZES,
   .concurrency_max = 1,
   .concurrency_default = 1,
   .memory_mb = 256,
   .contract = "OpenWhisk's action loop",
   .idle_words = "OpenWhisk pauses an idle container",
   .host = &service_host,
   .service = &kind,
   .find_command = find_command,
};
