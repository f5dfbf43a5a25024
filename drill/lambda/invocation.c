#include "invocation.h"

#include "clock.h"
#include "initialization.h"
#include "invocation_failure.h"
#include "lambda_report.h"
#include "runtime_event.h"

#include <string.h>

/* Lambda waits, and bills, until the next event is asked for. A function that does not ask within this time is
 * suspended anyway. */
#define NEXT_MAX_US 1000000
#define ANSWER_GIVEN (PHASE_BIT(RUNTIME_ANSWERED) | PHASE_BIT(RUNTIME_WAITING))

/* --- one invocation ----------------------------------------------------------------------------------------------- */

/* For when the host has no memory for an event or its answer. */
static void
give_up(struct sandbox *sandbox, const struct invocation_result *result)
{
   function_log_line(sandbox->root.log, "END RequestId: %s", result->request_id);
   sandbox_suspend(sandbox);
}

static int
hand_out(struct sandbox *sandbox,
         const struct invoker_event *event,
         struct invocation_result *result,
         struct drill_error *error)
{
   struct filled_event handed;
   runtime_event_fill(&handed, sandbox->config, event, result);
   result->cold = sandbox->cold;
   lambda_report_start(sandbox, result);
   result->handed_us = clock_now_us();
   if (!result->init_within) {
      result->start_us = result->handed_us;
   }
   if (runtime_api_hand_out(sandbox->api, &handed.event, error) != 0) {
      give_up(sandbox, result);
      return -1;
   }
   sandbox->cold = false;
   return 0;
}

/* For Lambda the invocation is over only when its extensions, too, have asked for their next event, within its time.
 * The invoker's answer is not changed. */
static enum watch_end
await_extensions(struct sandbox *sandbox, const struct invocation_result *result)
{
   char name[256];
   int64_t until_us = result->start_us + (int64_t)sandbox->config->timeout_ms * 1000;
   enum watch_end end = sandbox_watch(sandbox, PHASE_BIT(RUNTIME_WAITING), until_us);
   if (end == WATCH_TIME && runtime_api_awaits_extension(sandbox->api, name, sizeof name)) {
      violations_add(sandbox->violations,
                     "its extension %s did not ask for its next event within the invocation's time limit",
                     name);
      function_log_line(sandbox->root.log,
                        "%s Task timed out after %.2f seconds",
                        result->request_id,
                        sandbox->config->timeout_ms / 1000.0);
      sandbox_shut_down(sandbox);
   }
   return end;
}

static void
until_next(struct sandbox *sandbox, const struct invocation_result *result)
{
   enum watch_end end = sandbox_watch(sandbox, PHASE_BIT(RUNTIME_WAITING), clock_now_us() + NEXT_MAX_US);
   if (end == WATCH_TIME && runtime_api_awaits_extension(sandbox->api, NULL, 0)) {
      end = await_extensions(sandbox, result);
   }
   if (sandbox->process.id == 0) {
      return;
   }
   if (end == WATCH_PHASE && result->cold && sandbox->config->settle_ms > 0) {
      end = sandbox_watch(sandbox, 0, clock_now_us() + (int64_t)sandbox->config->settle_ms * 1000);
   }
   if (end == WATCH_ENDED) {
      char exited[100];
      lambda_exit_describe(sandbox_end(sandbox), exited, sizeof exited);
      violations_add(sandbox->violations, "%s after its answer, before it asked for the next event", exited);
   } else {
      sandbox_note_memory(sandbox);
      sandbox_suspend(sandbox);
   }
}

/* Ends the process; result says why. Returns 0, or -1 with error set. */
static int
fail(struct sandbox *sandbox, enum watch_end end, struct invocation_result *result, struct drill_error *error)
{
   struct invocation_failure failure;
   int failed = invocation_failure_tell(sandbox, end, sandbox->config->timeout_ms, result, &failure, error);
   if (failed == 0) {
      invocation_failure_log(sandbox, &failure);
   }
   return failed;
}

static int
await_answer(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   unsigned limit_ms = sandbox->config->timeout_ms;
   enum watch_end end = sandbox_watch(sandbox, ANSWER_GIVEN, result->start_us + (int64_t)limit_ms * 1000);
   if (end == WATCH_INTERRUPTED) {
      return invocation_interrupted(error);
   }
   if (end != WATCH_PHASE) {
      return fail(sandbox, end, result, error);
   }
   struct runtime_answer answer = {0};
   if (!runtime_api_take_answer(sandbox->api, 0, &answer)) {
      give_up(sandbox, result);
      return invocation_out_of_memory(error);
   }
   invocation_result_answered(result, &answer);
   return 0;
}

/* Returns 0 when the function asks for an event, 1 when it failed and result says how, -1 with error set. */
static int
make_ready(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   if (sandbox->process.id != 0 && process_has_ended(&sandbox->process)) {
      lambda_report_ended_between(sandbox, sandbox_end(sandbox));
   }
   if (sandbox->process.id == 0) {
      return initialization_run(sandbox, result, error);
   }
   if (sandbox->snapshot == SNAPSHOT_TAKEN) {
      return initialization_restore(sandbox, result, error);
   }
   freezer_thaw(&sandbox->freezer, result);
   result->init_ms = sandbox->cold ? sandbox->early_init_ms : 0;
   unsigned limit_ms = sandbox->config->timeout_ms;
   result->start_us = clock_now_us();
   enum watch_end end = sandbox_watch(sandbox, PHASE_BIT(RUNTIME_WAITING), result->start_us + (int64_t)limit_ms * 1000);
   if (end == WATCH_INTERRUPTED) {
      return invocation_interrupted(error);
   }
   if (end == WATCH_PHASE) {
      return 0;
   }
   if (end == WATCH_TIME) {
      violations_add(sandbox->violations, "did not ask for the next event after its previous answer");
   }
   lambda_report_start(sandbox, result);
   int failed = fail(sandbox, end, result, error);
   lambda_report_violations(sandbox, result);
   lambda_report_end(sandbox, result);
   return failed == 0 ? 1 : -1;
}

int
invocation_run(struct sandbox *sandbox,
               const struct invoker_event *event,
               struct invocation_result *result,
               struct drill_error *error)
{
   int failed = make_ready(sandbox, result, error);
   if (failed != 0) {
      return failed < 0 ? -1 : 0;
   }
   if (hand_out(sandbox, event, result, error) != 0) {
      return -1;
   }
   size_t entry = invocation_show_begin(sandbox->config->timeline, result);
   failed = await_answer(sandbox, result, error);
   invocation_show_end(sandbox->config->timeline, entry, result, failed != 0);
   if (failed == 0 && sandbox->process.id != 0) {
      until_next(sandbox, result);
   }
   if (failed == 0) {
      lambda_report_violations(sandbox, result);
      lambda_report_end(sandbox, result);
   }
   return failed;
}
