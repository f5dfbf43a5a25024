/*
 * Google Cloud Run, with a container that serves HTTP; Knative has the same contract.
 * https://cloud.google.com/run/docs/container-contract, https://cloud.google.com/run/docs/about-concurrency
 */
#include "service_kind.h"
#include "services.h"
#include "start_file.h"

#include <stdlib.h>
#include <string.h>

static void
add_variables(struct variable_list *list, const struct function_config *config, const struct service_place *place)
{
   variable_list_set(list, "PORT=%u", place->port);
   variable_list_set(list, "K_SERVICE=%s", config->function_name);
   variable_list_set(list, "K_REVISION=%s-00001-abc", config->function_name);
   variable_list_set(list, "K_CONFIGURATION=%s", config->function_name);
}

static void
ask(struct http_request *request, const struct service_event *event)
{
   http_request_line(request, event->request, "POST /");
   http_request_header(request, "Host: function-0123456789.europe-west1.run.app");
   http_request_header(request, "X-Forwarded-For: 198.51.100.1");
   http_request_header(request, "X-Forwarded-Proto: https");
   http_request_header(request, "X-Cloud-Trace-Context: %.32s/1;o=0", event->id);
   http_request_json(request, event->text, event->length);
}

/* Uses "web: COMMAND" of a Procfile. */
static int
find_command(const char *folder, char **command, struct drill_error *error)
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

static const struct service_kind kind = {
   .channel = SERVICE_TCP,
   .start_ms = 240000,
   .grace_ms = 10000,
   .late = "Cloud Run sends the caller 504 and lets the instance continue the request",
   .add_variables = add_variables,
   .ask = ask,
   .take = service_answer_take_http,
};

const struct platform platform_cloud_run = {
   .name = "cloud-run",
   .title = "Google Cloud Run",
   .help = "a server on $PORT, with almost no CPU between requests; started with\n"
           "--command, or the line \"web: COMMAND\" of its Procfile",
   .client_env = "gcp.func",
   .idle = PLATFORM_THROTTLES,
   .concurrency_max = 64,
   .concurrency_default = 1,
   .memory_mb = 512,
   .contract = "Cloud Run's contract",
   .idle_words = "Cloud Run gives an idle instance almost no CPU",
   .host = &service_host,
   .service = &kind,
   .find_command = find_command,
};
