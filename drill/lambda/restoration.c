#include "restoration.h"

#include "clock.h"
#include "invocation_failure.h"
#include "lambda_report.h"

/* https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html: what runs after a restore has ten seconds. */
#define RESTORE_MAX_MS 10000u

/* Lambda's maximum. The host never reads more memory than a function may have. */
#define MEMORY_MAX ((size_t)10240 * 1024 * 1024)

#define INIT_OVER (PHASE_BIT(RUNTIME_RESTORABLE) | PHASE_BIT(RUNTIME_WAITING))
#define FAILED PHASE_BIT(RUNTIME_INIT_FAILED)

/* Waits until the phase is one of phases, within limit_ms. Returns the same as its callers. */
static int
await(struct sandbox *sandbox,
      unsigned phases,
      unsigned limit_ms,
      struct invocation_result *result,
      struct drill_error *error)
{
   struct invocation_failure failure = {""};
   int64_t start_us = clock_now_us();
   enum watch_end end = sandbox_watch(sandbox, phases | FAILED, start_us + (int64_t)limit_ms * 1000);
   if (end == WATCH_INTERRUPTED) {
      return invocation_interrupted(error);
   }
   if (end != WATCH_PHASE) {
      if (invocation_failure_tell(sandbox, end, limit_ms, result, &failure, error) != 0) {
         return -1;
      }
      invocation_failure_log(sandbox, &failure);
      result->outcome = INVOCATION_INIT_FAILED;
      return 1;
   }
   if (runtime_api_phase(sandbox->api, NULL) != RUNTIME_INIT_FAILED) {
      return 0;
   }
   struct runtime_answer answer = {0};
   if (!runtime_api_take_answer(sandbox->api, 0, &answer)) {
      return invocation_out_of_memory(error);
   }
   invocation_result_take_answer(result, &answer);
   result->outcome = INVOCATION_INIT_FAILED;
   result->end_us = clock_now_us();
   sandbox_shut_down(sandbox);
   return 1;
}

int
restoration_take_snapshot(struct sandbox *sandbox,
                          bool *restorable,
                          struct invocation_result *result,
                          struct drill_error *error)
{
   struct timeline *timeline = sandbox->config->timeline;
   struct invocation_failure failure = {""};
   struct drill_error reason = {""};
   sandbox->snapshot = SNAPSHOT_DUE;
   sandbox->init_tried = true;
   size_t entry = timeline_begin(timeline, TIMELINE_INIT, sandbox->instance, "init", "%s", "");
   int failed = sandbox_start(sandbox, &reason);
   if (failed > 0) {
      failed = invocation_failure_not_started(reason.message, result, &failure, error) == 0 ? 1 : -1;
   } else if (failed < 0) {
      drill_error_set(error, "%s", reason.message);
   } else {
      failed = await(sandbox, INIT_OVER, sandbox->config->init_timeout_ms, result, error);
   }
   timeline_end(timeline, entry, failed != 0, failed > 0 ? result->error_type : NULL);
   if (failed != 0) {
      return failed;
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
restoration_run(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   sandbox->snapshot = SNAPSHOT_NONE;
   freezer_thaw(&sandbox->freezer, result);
   result->start_us = clock_now_us();
   result->init_ms = sandbox->early_init_ms;
   result->cold = true;
   runtime_api_restore(sandbox->api);
   int failed = await(sandbox, PHASE_BIT(RUNTIME_WAITING), RESTORE_MAX_MS, result, error);
   if (failed > 0) {
      lambda_report_start(sandbox, result);
      lambda_report_violations(sandbox, result);
      lambda_report_end(sandbox, result);
   }
   return failed;
}
