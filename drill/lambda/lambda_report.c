#include "lambda_report.h"

#include "clock.h"
#include "invocation_failure.h"

#include <stdlib.h>
#include <string.h>

static bool
timed_out(const struct invocation_result *result)
{
   return strcmp(result->error_type, "Sandbox.Timedout") == 0;
}

void
lambda_report_start(struct sandbox *sandbox, const struct invocation_result *result)
{
   function_log_line(sandbox->root.log, "START RequestId: %s Version: $LATEST", result->request_id);
}

void
lambda_report_violations(struct sandbox *sandbox, struct invocation_result *result)
{
   free(result->violations);
   result->violations = violations_take(sandbox->violations);
   const char *line = result->violations;
   while (line != NULL) {
      const char *end = strchrnul(line, '\n');
      function_log_line(sandbox->root.log, "Runtime API violation: %.*s", (int)(end - line), line);
      line = *end != '\0' ? end + 1 : NULL;
   }
}

/* Lambda also bills an init phase of its own. An init within the invocation is part of its duration, and does not
 * appear in the line. */
void
lambda_report_end(struct sandbox *sandbox, const struct invocation_result *result)
{
   double duration_ms = (double)(result->end_us - result->start_us) / 1e3;
   double init_ms = result->init_within ? 0 : result->init_ms;
   char init[64] = "";
   if (init_ms > 0) {
      snprintf(init, sizeof init, "Init Duration: %.2f ms\t", init_ms);
   }
   char status[180] = "";
   if (result->outcome == INVOCATION_TIMED_OUT || (result->outcome == INVOCATION_INIT_FAILED && timed_out(result))) {
      snprintf(status, sizeof status, "Status: timeout");
   } else if (result->outcome != INVOCATION_ANSWERED && result->outcome != INVOCATION_FUNCTION_ERROR) {
      snprintf(status, sizeof status, "Status: error\tError Type: %s", result->error_type);
   }
   function_log_line(sandbox->root.log,
                     "END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\t"
                     "Memory Size: %u MB\tMax Memory Used: %u MB\t%s%s",
                     result->request_id,
                     result->request_id,
                     duration_ms,
                     (double)(long long)(duration_ms + init_ms + 0.999),
                     sandbox->config->memory_mb,
                     memory_use_mb(&sandbox->memory_use),
                     init,
                     status);
}

/* As in Lambda's logs: an init phase of its own ends with "timeout"; an init within the invocation ends with
 * Runtime.Unknown when the invocation's time is over. */
void
lambda_report_init(struct sandbox *sandbox, const struct invocation_result *result, bool within_invocation)
{
   char status[180] = "timeout";
   if (within_invocation || !timed_out(result)) {
      snprintf(
         status, sizeof status, "error\tError Type: %s", timed_out(result) ? "Runtime.Unknown" : result->error_type);
   }
   function_log_line(sandbox->root.log,
                     "INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: %s",
                     (double)(clock_now_us() - sandbox->started_us) / 1e3,
                     within_invocation ? "invoke" : "init",
                     status);
}

void
lambda_report_ended_between(struct sandbox *sandbox, int status)
{
   char exited[100];
   lambda_exit_describe(status, exited, sizeof exited);
   function_log_line(sandbox->root.log, "Runtime %s between two invocations", exited);
}

void
lambda_report_extensions(struct sandbox *sandbox)
{
   struct extensions extensions;
   runtime_api_extensions(sandbox->api, &extensions);
   for (size_t i = 0; i < extensions.count; i++) {
      const struct extension *extension = &extensions.all[i];
      function_log_line(sandbox->root.log,
                        "EXTENSION\tName: %s\tState: %s\tEvents: [%s]",
                        extension->name,
                        extension_state_name(extension->state),
                        extension->wants_invoke ? "INVOKE" : "");
   }
}
