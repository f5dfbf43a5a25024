#include "invocation.h"

#include "clock.h"
#include "lambda_errors.h"
#include "request_id.h"

#include <stdlib.h>
#include <string.h>

#define ARN_FORMAT "arn:aws:lambda:us-east-1:123456789012:function:%s"
/* Lambda bills and waits until the next event is asked for; a function that does not is suspended all the same. */
#define NEXT_MAX_US 1000000
/* After its own report that init failed, a function ends itself. */
#define INIT_ERROR_EXIT_MAX_US 1000000

#define INIT_OVER (PHASE_BIT(RUNTIME_WAITING) | PHASE_BIT(RUNTIME_INIT_FAILED))
#define ANSWER_GIVEN (PHASE_BIT(RUNTIME_ANSWERED) | PHASE_BIT(RUNTIME_WAITING))

unsigned
invocation_megabytes(uint64_t bytes)
{
   return (unsigned)((double)bytes / (1024.0 * 1024.0) + 0.999);
}

/* --- what the invoker is told ------------------------------------------------------------------------------------- */

static int
out_of_memory(struct drill_error *error)
{
   drill_error_set(error, "expected memory for the result of an invocation, found none");
   return -1;
}

static int
interrupted(struct drill_error *error)
{
   drill_error_set(error, "interrupted");
   return -1;
}

static void
take_payload(struct invocation_result *result, struct runtime_answer *answer)
{
   free(result->payload);
   result->payload = answer->payload;
   result->payload_length = answer->length;
   memcpy(result->error_type, answer->error_type, sizeof result->error_type);
}

/* How the process ended, which has ended or is ended here: during init when in_init. */
static int
tell_failure(struct sandbox *sandbox,
             struct invocation_result *result,
             enum watch_end end,
             bool in_init,
             unsigned limit_ms,
             struct drill_error *error)
{
   sandbox_note_memory(sandbox);
   int status = sandbox_end(sandbox);
   char exited[100];
   lambda_exit_describe(status, exited, sizeof exited);
   bool set = false;
   result->end_us = clock_now_us();
   if (end == WATCH_TIME) {
      result->outcome = INVOCATION_TIMED_OUT;
      set = lambda_error_set(result, "Sandbox.Timedout", "Task timed out after %.2f seconds", limit_ms / 1000.0);
      lambda_log_line(sandbox->log, "%s Task timed out after %.2f seconds", result->request_id, limit_ms / 1000.0);
   } else if (end == WATCH_MEMORY) {
      result->outcome = INVOCATION_OUT_OF_MEMORY;
      set = lambda_error_set(result, "Runtime.OutOfMemory", "Runtime exited with error: signal: killed");
   } else {
      result->outcome = INVOCATION_CRASHED;
      set = lambda_error_set(result, "Runtime.ExitError", "Runtime %s", exited);
      lambda_log_line(sandbox->log, "RequestId: %s Error: Runtime %s", result->request_id, exited);
   }
   if (in_init) {
      result->outcome = INVOCATION_INIT_FAILED;
   }
   return set ? 0 : out_of_memory(error);
}

/* --- init --------------------------------------------------------------------------------------------------------- */

static void
log_init_failure(struct sandbox *sandbox, const struct invocation_result *result)
{
   if (!sandbox->config->emulator_manners) {
      lambda_log_line(sandbox->log,
                      "INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: %s\tError Type: %s",
                      (double)(clock_now_us() - sandbox->started_us) / 1e3,
                      strcmp(result->error_type, "Sandbox.Timedout") == 0 ? "timeout" : "error",
                      result->error_type);
   }
}

static int
take_init_error(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   struct runtime_answer answer = {0};
   bool taken = runtime_api_take_answer(sandbox->api, &answer);
   if (taken) {
      take_payload(result, &answer);
      sandbox_watch(sandbox, 0, clock_now_us() + INIT_ERROR_EXIT_MAX_US);
   }
   sandbox_end(sandbox);
   result->outcome = INVOCATION_INIT_FAILED;
   return taken ? 0 : out_of_memory(error);
}

/* 0 when the function asks for its first event, 1 when it failed and result says how, -1 with error set. */
static int
init(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   struct timeline *timeline = sandbox->config->timeline;
   struct drill_error reason = {""};
   size_t entry = timeline_begin(timeline, TIMELINE_INIT, sandbox->instance, "init", "%s", "");
   int failed = sandbox_start(sandbox, &reason);
   if (failed > 0) {
      result->outcome = INVOCATION_INIT_FAILED;
      lambda_log_line(sandbox->log, "%s", reason.message);
      failed = lambda_error_set(result, "Runtime.InvalidEntrypoint", "%s", reason.message) ? 1 : -1;
   } else if (failed < 0) {
      drill_error_set(error, "%s", reason.message);
   } else {
      unsigned limit_ms = sandbox->config->init_timeout_ms;
      enum watch_end end = sandbox_watch(sandbox, INIT_OVER, sandbox->started_us + (int64_t)limit_ms * 1000);
      int64_t first_us = 0;
      enum runtime_phase phase = runtime_api_phase(sandbox->api, &first_us);
      if (end == WATCH_INTERRUPTED) {
         failed = interrupted(error);
      } else if (end != WATCH_PHASE) {
         failed = tell_failure(sandbox, result, end, true, limit_ms, error) == 0 ? 1 : -1;
      } else if (phase == RUNTIME_INIT_FAILED) {
         failed = take_init_error(sandbox, result, error) == 0 ? 1 : -1;
      } else {
         result->init_ms = (double)(first_us - sandbox->started_us) / 1e3;
      }
   }
   timeline_end(timeline, entry, failed != 0, failed > 0 ? result->error_type : NULL);
   if (failed > 0) {
      result->cold = true;
      result->start_us = sandbox->started_us;
      result->end_us = clock_now_us();
      log_init_failure(sandbox, result);
   }
   return failed;
}

/* --- one invocation ----------------------------------------------------------------------------------------------- */

/* When the host has no memory for an event or its answer. */
static void
give_up(struct sandbox *sandbox, const struct invocation_result *result)
{
   if (!sandbox->config->emulator_manners) {
      lambda_log_line(sandbox->log, "END RequestId: %s", result->request_id);
   }
   sandbox_suspend(sandbox);
}

static int
hand_out(struct sandbox *sandbox,
         const char *event,
         size_t length,
         const struct invoker_context *context,
         struct invocation_result *result,
         struct drill_error *error)
{
   static const struct invoker_context none = {0};
   const struct invoker_context *given = context != NULL ? context : &none;
   char arn[200];
   snprintf(arn, sizeof arn, ARN_FORMAT, sandbox->config->function_name);
   char trace_id[100];
   request_id_trace(trace_id, sizeof trace_id);
   struct runtime_event handed = {
      .deadline_ms = clock_wall_ms() + sandbox->config->timeout_ms,
      .function_arn = arn,
      .trace_id = given->trace_id != NULL && given->trace_id[0] != '\0' ? given->trace_id : trace_id,
      .client_context = given->client_context,
      .cognito_identity = given->cognito_identity,
      .body = event,
      .length = length,
   };
   memcpy(handed.request_id, result->request_id, sizeof handed.request_id);
   result->cold = sandbox->cold;
   if (!sandbox->config->emulator_manners) {
      lambda_log_line(sandbox->log, "START RequestId: %s Version: $LATEST", result->request_id);
   }
   result->start_us = clock_now_us();
   if (runtime_api_hand_out(sandbox->api, &handed, error) != 0) {
      give_up(sandbox, result);
      return -1;
   }
   sandbox->cold = false;
   return 0;
}

/* Duration in Lambda's lines is from event to answer; init is billed as well where it was needed. */
static void
log_report(struct sandbox *sandbox, const struct invocation_result *result)
{
   if (sandbox->config->emulator_manners) {
      return;
   }
   double duration_ms = (double)(result->end_us - result->start_us) / 1e3;
   char init[64] = "";
   if (result->init_ms > 0) {
      snprintf(init, sizeof init, "Init Duration: %.2f ms\t", result->init_ms);
   }
   char status[180] = "";
   if (result->outcome == INVOCATION_TIMED_OUT) {
      snprintf(status, sizeof status, "Status: timeout");
   } else if (result->outcome != INVOCATION_ANSWERED && result->outcome != INVOCATION_FUNCTION_ERROR) {
      snprintf(status, sizeof status, "Status: error\tError Type: %s", result->error_type);
   }
   lambda_log_line(sandbox->log,
                   "END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\t"
                   "Memory Size: %u MB\tMax Memory Used: %u MB\t%s%s",
                   result->request_id,
                   result->request_id,
                   duration_ms,
                   (double)(long long)(duration_ms + result->init_ms + 0.999),
                   sandbox->config->memory_mb,
                   invocation_megabytes(sandbox->max_memory),
                   init,
                   status);
}

static void
until_next(struct sandbox *sandbox)
{
   enum watch_end end = sandbox_watch(sandbox, PHASE_BIT(RUNTIME_WAITING), clock_now_us() + NEXT_MAX_US);
   if (end == WATCH_ENDED) {
      char exited[100];
      lambda_exit_describe(sandbox_end(sandbox), exited, sizeof exited);
      violations_add(sandbox->violations, "%s after its answer, before it asked for the next event", exited);
   } else {
      sandbox_note_memory(sandbox);
      sandbox_suspend(sandbox);
   }
}

static int
await_answer(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   unsigned limit_ms = sandbox->config->timeout_ms;
   enum watch_end end = sandbox_watch(sandbox, ANSWER_GIVEN, result->start_us + (int64_t)limit_ms * 1000);
   if (end == WATCH_INTERRUPTED) {
      return interrupted(error);
   }
   if (end != WATCH_PHASE) {
      return tell_failure(sandbox, result, end, false, limit_ms, error);
   }
   struct runtime_answer answer = {0};
   if (!runtime_api_take_answer(sandbox->api, &answer)) {
      give_up(sandbox, result);
      return out_of_memory(error);
   }
   take_payload(result, &answer);
   result->outcome = answer.failed ? INVOCATION_FUNCTION_ERROR : INVOCATION_ANSWERED;
   result->end_us = answer.at_us;
   return 0;
}

/* 0 when the function asks for an event, 1 when it failed and result says how, -1 with error set. */
static int
make_ready(struct sandbox *sandbox, struct invocation_result *result, struct drill_error *error)
{
   if (sandbox->process.id != 0 && process_has_ended(&sandbox->process)) {
      char exited[100];
      lambda_exit_describe(sandbox_end(sandbox), exited, sizeof exited);
      lambda_log_line(sandbox->log, "Runtime %s between two invocations", exited);
   }
   if (sandbox->process.id == 0) {
      return init(sandbox, result, error);
   }
   struct freeze freeze = {0};
   sandbox_thaw(sandbox, &freeze);
   result->thawed_us = freeze.thawed_us;
   result->frozen_ms = freeze.frozen_ms;
   result->frozen_cpu_ms = freeze.frozen_cpu_ms;
   unsigned limit_ms = sandbox->config->timeout_ms;
   result->start_us = clock_now_us();
   enum watch_end end = sandbox_watch(sandbox, PHASE_BIT(RUNTIME_WAITING), result->start_us + (int64_t)limit_ms * 1000);
   if (end == WATCH_INTERRUPTED) {
      return interrupted(error);
   }
   return end == WATCH_PHASE ? 0 : tell_failure(sandbox, result, end, false, limit_ms, error) == 0 ? 1 : -1;
}

int
invocation_run(struct sandbox *sandbox,
               const char *event,
               size_t length,
               const struct invoker_context *context,
               struct invocation_result *result,
               struct drill_error *error)
{
   int failed = make_ready(sandbox, result, error);
   if (failed != 0) {
      return failed < 0 ? -1 : 0;
   }
   if (hand_out(sandbox, event, length, context, result, error) != 0) {
      return -1;
   }
   struct timeline *timeline = sandbox->config->timeline;
   size_t entry = timeline_begin(
      timeline, TIMELINE_INVOCATION, sandbox->instance, result->cold ? "cold" : "warm", "%s", result->request_id);
   failed = await_answer(sandbox, result, error);
   bool bad = failed != 0 || result->outcome != INVOCATION_ANSWERED;
   timeline_end(timeline, entry, bad, bad && failed == 0 ? result->error_type : NULL);
   if (failed == 0 && sandbox->process.id != 0) {
      until_next(sandbox);
   }
   if (failed == 0) {
      log_report(sandbox, result);
   }
   return failed;
}
