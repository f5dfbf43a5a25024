#include "initialization.h"

#include "clock.h"
#include "invocation_failure.h"
#include "lambda_report.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A function that reports that its init failed then ends itself. */
#define INIT_ERROR_EXIT_MAX_US 1000000

#define INIT_OVER (PHASE_BIT(RUNTIME_WAITING) | PHASE_BIT(RUNTIME_INIT_FAILED))

static int
take_init_error(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   struct runtime_answer answer = {0};
   bool taken = runtime_api_take_answer(sandbox->api, 0, &answer);
   if (taken) {
      invocation_result_take_answer(result, &answer);
      sandbox_watch(sandbox, 0, clock_now_us() + INIT_ERROR_EXIT_MAX_US);
   }
   sandbox_shut_down(sandbox);
   return taken ? 1 : invocation_out_of_memory(error);
}

/* Finds what happened to the process that was started. */
static int
await_first_next(struct sandbox *sandbox,
                 unsigned limit_ms,
                 struct invocation_result *result,
                 struct invocation_failure *failure,
                 struct drill_error *error)
{
   enum watch_end end = sandbox_watch(sandbox, INIT_OVER, sandbox->started_us + (int64_t)limit_ms * 1000);
   int64_t first_us = 0;
   enum runtime_phase phase = runtime_api_phase(sandbox->api, &first_us);
   if (end == WATCH_INTERRUPTED) {
      return invocation_interrupted(error);
   }
   if (end != WATCH_PHASE) {
      return invocation_failure_tell(sandbox, end, limit_ms, result, failure, error) == 0 ? 1 : -1;
   }
   if (phase == RUNTIME_INIT_FAILED) {
      return take_init_error(sandbox, result, error);
   }
   result->init_ms = (double)(first_us - sandbox->started_us) / 1e3;
   lambda_report_extensions(sandbox);
   return 0;
}

/* Starts one process. Returns 0, 1 when it failed and result says how, or -1 with error set. */
static int
attempt(struct sandbox *sandbox,
        unsigned limit_ms,
        struct invocation_result *result,
        struct invocation_failure *failure,
        struct drill_error *error)
{
   struct timeline *timeline = sandbox->config->timeline;
   struct drill_error reason = {""};
   size_t entry = timeline_begin(timeline, TIMELINE_INIT, sandbox->instance, "init", "%s", "");
   int failed = sandbox_start(sandbox, &reason);
   if (failed > 0) {
      failed = invocation_failure_not_started(reason.message, result, failure, error) == 0 ? 1 : -1;
   } else if (failed < 0) {
      drill_error_set(error, "%s", reason.message);
   } else {
      failed = await_first_next(sandbox, limit_ms, result, failure, error);
   }
   timeline_end(timeline, entry, failed != 0, failed > 0 ? result->error_type : NULL);
   return failed;
}

/* Only the log mentions the first attempt. */
static void
begin_again(struct sandbox *sandbox, struct invocation_result *result)
{
   lambda_report_init(sandbox, result, false);
   char what[60] = "failed";
   if (strcmp(result->error_type, "Sandbox.Timedout") == 0) {
      snprintf(what, sizeof what, "took longer than %.2f seconds", sandbox->config->init_timeout_ms / 1000.0);
   }
   if (!sandbox->config->emulator_manners) {
      function_log_line(sandbox->root.log,
                        "Init %s: the process is restarted, as on Lambda, and its init now counts against the "
                        "invocation's limit of %.2f seconds. Lambda bills both.",
                        what,
                        sandbox->config->timeout_ms / 1000.0);
   }
   free(result->payload);
   result->payload = NULL;
   result->payload_length = 0;
   result->error_type[0] = '\0';
}

/* External extensions come in layers, as executables in extensions/
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html). Lambda would not start one from the
 * package itself, and the host has no layers. */
static void
tell_of_external_extensions(struct sandbox *sandbox)
{
   char path[PATH_MAX];
   snprintf(path, sizeof path, "%s/extensions", sandbox->config->task_root);
   struct stat found;
   if (stat(path, &found) == 0 && S_ISDIR(found.st_mode) && !sandbox->config->emulator_manners) {
      function_log_line(sandbox->root.log,
                        "the package's extensions/ is ignored: Lambda starts external extensions from layers "
                        "(/opt/extensions), which this host does not have");
   }
}

int
initialization_run(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   struct invocation_failure failure = {""};
   bool first = !sandbox->init_tried;
   sandbox->init_tried = true;
   if (first) {
      tell_of_external_extensions(sandbox);
   }
   if (first && sandbox->config->concurrency == 1) {
      int failed = attempt(sandbox, sandbox->config->init_timeout_ms, result, &failure, error);
      if (failed <= 0) {
         return failed;
      }
      begin_again(sandbox, result);
   }
   /* Never so for a managed instance. */
   bool managed = sandbox->config->concurrency > 1;
   unsigned limit_ms = managed ? sandbox->config->init_timeout_ms : sandbox->config->timeout_ms;
   result->init_within = !managed;
   result->start_us = clock_now_us();
   int failed = attempt(sandbox, limit_ms, result, &failure, error);
   if (failed > 0) {
      result->outcome = INVOCATION_INIT_FAILED;
      result->cold = true;
      result->end_us = clock_now_us();
      lambda_report_init(sandbox, result, result->init_within);
      lambda_report_start(sandbox, result);
      invocation_failure_log(sandbox, &failure);
      lambda_report_violations(sandbox, result);
      lambda_report_end(sandbox, result);
   }
   return failed;
}
