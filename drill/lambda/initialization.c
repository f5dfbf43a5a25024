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

/* https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html: what runs after a restore has ten seconds. */
#define RESTORE_MAX_MS 10000u

/* Lambda's maximum. The host never reads more memory than a function may have. */
#define MEMORY_MAX ((size_t)10240 * 1024 * 1024)

#define ASKS_NEXT PHASE_BIT(RUNTIME_WAITING)

static int
take_init_error(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   struct runtime_answer answer = {0};
   bool taken = runtime_api_take_answer(sandbox->api, 0, &answer);
   if (taken) {
      invocation_result_take_answer(result, &answer);
      result->end_us = clock_now_us();
      sandbox_watch(sandbox, 0, clock_now_us() + INIT_ERROR_EXIT_MAX_US);
   }
   sandbox_shut_down(sandbox);
   return taken ? 1 : invocation_out_of_memory(error);
}

/* Waits until the phase is one of phases, for limit_ms from from_us on. Returns 0, 1 when the process failed and result
 * says how, or -1 with error set. */
static int
await(struct sandbox *sandbox,
      unsigned phases,
      int64_t from_us,
      unsigned limit_ms,
      struct invocation_result *result,
      struct invocation_failure *failure,
      struct drill_error *error)
{
   unsigned over = phases | PHASE_BIT(RUNTIME_INIT_FAILED);
   enum watch_end end = sandbox_watch(sandbox, over, from_us + (int64_t)limit_ms * 1000);
   if (end == WATCH_INTERRUPTED) {
      return invocation_interrupted(error);
   }
   if (end != WATCH_PHASE) {
      return invocation_failure_tell(sandbox, end, limit_ms, result, failure, error) == 0 ? 1 : -1;
   }
   bool failed = runtime_api_phase(sandbox->api, NULL) == RUNTIME_INIT_FAILED;
   return failed ? take_init_error(sandbox, result, error) : 0;
}

/* Starts one process, and waits for its phase. Returns the same as await. */
static int
attempt(struct sandbox *sandbox,
        unsigned phases,
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
      failed = await(sandbox, phases, sandbox->started_us, limit_ms, result, failure, error);
   }
   if (failed == 0 && phases == ASKS_NEXT) {
      int64_t first_us = 0;
      runtime_api_phase(sandbox->api, &first_us);
      result->init_ms = (double)(first_us - sandbox->started_us) / 1e3;
      lambda_report_extensions(sandbox);
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
   function_log_line(sandbox->root.log,
                     "Init %s: the process is restarted, as on Lambda, and its init now counts against the "
                     "invocation's limit of %.2f seconds. Lambda bills both.",
                     what,
                     sandbox->config->timeout_ms / 1000.0);
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
   if (stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
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
      int failed = attempt(sandbox, ASKS_NEXT, sandbox->config->init_timeout_ms, result, &failure, error);
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
   int failed = attempt(sandbox, ASKS_NEXT, limit_ms, result, &failure, error);
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

/* --- SnapStart ---------------------------------------------------------------------------------------------------- */

/* If the process failed (failed is 1), logs its failure and sets the outcome to a failed init. Returns failed. */
static int
tell_failure(struct sandbox *sandbox,
             int failed,
             struct invocation_result *result,
             const struct invocation_failure *failure)
{
   if (failed > 0) {
      invocation_failure_log(sandbox, failure);
      result->outcome = INVOCATION_INIT_FAILED;
   }
   return failed;
}

int
initialization_take_snapshot(struct sandbox *sandbox,
                             bool *restorable,
                             struct invocation_result *result,
                             struct drill_error *error)
{
   struct invocation_failure failure = {""};
   unsigned phases = ASKS_NEXT | PHASE_BIT(RUNTIME_RESTORABLE);
   sandbox->snapshot = SNAPSHOT_DUE;
   sandbox->init_tried = true;
   int failed = attempt(sandbox, phases, sandbox->config->init_timeout_ms, result, &failure, error);
   if (failed != 0) {
      return tell_failure(sandbox, failed, result, &failure);
   }
   *restorable = runtime_api_phase(sandbox->api, NULL) == RUNTIME_RESTORABLE;
   sandbox->snapshot = SNAPSHOT_TAKEN;
   sandbox->early_init_ms = (double)(clock_now_us() - sandbox->started_us) / 1e3;
   sandbox_note_memory(sandbox);
   sandbox_suspend(sandbox);
   sandbox->memory =
      memory_copy_new(&sandbox->process.descendants, sandbox->root.user, sandbox->root.group, MEMORY_MAX);
   return 0;
}

int
initialization_restore(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   sandbox->snapshot = SNAPSHOT_NONE;
   freezer_thaw(&sandbox->freezer, result);
   result->start_us = clock_now_us();
   result->init_ms = sandbox->early_init_ms;
   result->cold = true;
   runtime_api_restore(sandbox->api);
   struct invocation_failure failure = {""};
   int failed = await(sandbox, ASKS_NEXT, result->start_us, RESTORE_MAX_MS, result, &failure, error);
   if (tell_failure(sandbox, failed, result, &failure) > 0) {
      lambda_report_start(sandbox, result);
      lambda_report_violations(sandbox, result);
      lambda_report_end(sandbox, result);
   }
   return failed;
}
