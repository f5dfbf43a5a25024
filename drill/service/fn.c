/*
 * Fn: one request at a time over a socket in a folder that the agent and the container share. The container is paused
 * 50 ms after its last request. https://github.com/fnproject/fn, docs/developers/function-format.md and api/agent
 */
#include "service_kind.h"
#include "services.h"

#include <string.h>

static void
add_variables(struct variable_list *list, const struct function_config *config, const struct service_place *place)
{
   variable_list_set(list, "FN_LISTENER=unix:%s", place->socket_inside);
   variable_list_set(list, "FN_FORMAT=http-stream");
   variable_list_set(list, "FN_APP_ID=01DRILLAPP0000000000000000");
   variable_list_set(list, "FN_FN_ID=01DRILLFN00000000000000000");
   variable_list_set(list, "FN_APP_NAME=drill");
   variable_list_set(list, "FN_FN_NAME=%s", config->function_name);
   variable_list_set(list, "FN_MEMORY=%u", config->memory_mb);
   variable_list_set(list, "FN_TYPE=sync");
}

static void
ask(struct http_request *request, const struct service_event *event)
{
   http_request_line(request, NULL, "POST /call");
   http_request_header(request, "Host: localhost");
   http_request_header(request, "Fn-Call-Id: %s", event->id);
   http_request_header(request, "Fn-Deadline: %s", event->deadline);
   http_request_json(request, event->text, event->length);
}

/* 502 means that the function itself failed. On any status other than these the agent ends the container. */
static bool
take(struct service_answer *answer, struct invocation_result *result, struct violations *violations)
{
   if (answer->status != 200 && answer->status != 502 && answer->status != 504) {
      violations_add(violations,
                     "Fn ends a container whose answer has a status other than 200, 502 or 504; this one answered %ld",
                     answer->status);
   }
   return service_answer_take_http(answer, result, violations);
}

static const struct service_kind kind = {
   .channel = SERVICE_UNIX,
   .start_ms = 5000,
   .kills_late = true,
   .late = "Fn sends the caller 504 and ends the container",
   .add_variables = add_variables,
   .ask = ask,
   .take = take,
};

const struct platform platform_fn = {
   .name = "fn",
   .title = "Fn",
   .help = "a server on the socket $FN_LISTENER, frozen; started with --command",
   .client_env = "",
   .idle = PLATFORM_FREEZES,
   .concurrency_max = 1,
   .concurrency_default = 1,
   .memory_mb = 128,
   .contract = "Fn's http-stream contract",
   .idle_words = "Fn pauses an idle container",
   .host = &service_host,
   .service = &kind,
};
