/*
 * OpenFaaS: of-watchdog in http mode, which starts the function and passes requests on to it.
 * https://github.com/openfaas/of-watchdog
 */
#include "service_kind.h"
#include "services.h"

#include <string.h>

/* of-watchdog itself tells the function its port only by upstream_url, which the template sets to the function's known
 * port. Templates also use the names http_port and PORT. */
static void
add_variables(struct variable_list *list, const struct function_config *config, const struct service_place *place)
{
   variable_list_set(list, "mode=http");
   variable_list_set(list, "upstream_url=http://127.0.0.1:%u", place->port);
   variable_list_set(list, "http_port=%u", place->port);
   variable_list_set(list, "PORT=%u", place->port);
   variable_list_set(list, "exec_timeout=%ums", config->timeout_ms);
   variable_list_set(list, "OPENFAAS_NAME=%s", config->function_name);
   variable_list_set(list, "KUBERNETES_SERVICE_HOST=10.96.0.1");
   variable_list_set(list, "KUBERNETES_SERVICE_PORT=443");
}

static void
ask(struct http_request *request, const struct service_event *event)
{
   http_request_line(request, event->request, "POST /");
   http_request_header(request, "X-Call-Id: %s", event->id);
   http_request_header(request, "X-Start-Time: %lld000000", event->deadline_ms - event->timeout_ms);
   http_request_json(request, event->text, event->length);
}

static const struct service_kind kind = {
   .channel = SERVICE_TCP,
   .start_ms = 30000,
   .grace_ms = 5000,
   .late = "of-watchdog sends the caller 504 and lets the function continue",
   .add_variables = add_variables,
   .ask = ask,
   .take = service_answer_take_http,
};

const struct platform platform_openfaas = {
   .name = "openfaas",
   .title = "OpenFaaS (of-watchdog, http mode)",
   .help = "a server behind of-watchdog, never frozen; started with --command",
   .client_env = "",
   .idle = PLATFORM_RUNS_ON,
   .concurrency_max = 64,
   .concurrency_default = 1,
   .memory_mb = 256,
   .contract = "of-watchdog's contract",
   .idle_words = "OpenFaaS does not freeze an idle function",
   .host = &service_host,
   .service = &kind,
};
