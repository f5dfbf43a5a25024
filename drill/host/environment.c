#include "environment.h"

#include "clock.h"
#include "lambda_errors.h"
#include "lambda_log.h"
#include "lambda_variables.h"
#include "launch.h"
#include "process.h"
#include "request_id.h"
#include "runtime_api.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ARN_FORMAT "arn:aws:lambda:us-east-1:123456789012:function:%s"
#define MEGABYTE (1024.0 * 1024.0)
#define MEMORY_POLL_MS 20
/* Lambda bills and waits until the next event is asked for; a function that does not is suspended all the same. */
#define NEXT_MAX_US 1000000
/* After its own report that init failed, a function ends itself. */
#define INIT_ERROR_EXIT_MAX_US 1000000

#define BIT(phase) (1u << (phase))
#define INIT_OVER (BIT(RUNTIME_WAITING) | BIT(RUNTIME_INIT_FAILED))
#define ANSWER_GIVEN (BIT(RUNTIME_ANSWERED) | BIT(RUNTIME_WAITING))

struct environment {
   struct function_config config;
   int instance;
   char arn[200];
   struct launch launch;
   struct violations *violations;
   struct lambda_log *log;
   int wake;
   int interrupt;

   struct runtime_api *api; /* one for each process: what an old one still sends meets nobody */
   struct process process;
   atomic_int process_id;
   bool cold; /* no event yet */
   int64_t started_us;
   double init_ms;
   uint64_t max_memory; /* bytes */

   bool suspended;
   int64_t suspended_us;
   int64_t suspended_cpu_ns;
   size_t freeze_entry;
};

enum watch_end { WATCH_PHASE, WATCH_ENDED, WATCH_TIME, WATCH_MEMORY, WATCH_INTERRUPTED };

const char *
invocation_outcome_name(enum invocation_outcome outcome)
{
   switch (outcome) {
   case INVOCATION_ANSWERED:
      return "answered";
   case INVOCATION_FUNCTION_ERROR:
      return "function error";
   case INVOCATION_TIMED_OUT:
      return "timed out";
   case INVOCATION_CRASHED:
      return "crashed";
   case INVOCATION_OUT_OF_MEMORY:
      return "out of memory";
   case INVOCATION_INIT_FAILED:
      return "init failed";
   }
   return "";
}

void
invocation_result_clear(struct invocation_result *result)
{
   free(result->payload);
   free(result->log_tail);
   free(result->violations);
   *result = (struct invocation_result){0};
}

static unsigned
rounded_up_mb(uint64_t bytes)
{
   return (unsigned)((double)bytes / MEGABYTE + 0.999);
}

/* --- the process ----------------------------------------------------------------------------------------------------
 */

static void
note_memory(struct environment *environment)
{
   uint64_t bytes = process_resident_bytes(&environment->process);
   if (bytes > environment->max_memory) {
      environment->max_memory = bytes;
   }
}

static void
drain_wake(struct environment *environment)
{
   uint64_t count;
   while (read(environment->wake, &count, sizeof count) < 0 && errno == EINTR) {
   }
}

/* Until the function's phase is one of phases, or something ends that wait. */
static enum watch_end
watch(struct environment *environment, unsigned phases, int64_t until_us)
{
   struct pollfd polled[] = {
      {.fd = environment->wake, .events = POLLIN},
      {.fd = environment->process.descriptor, .events = POLLIN},
      {.fd = environment->interrupt, .events = POLLIN},
   };
   int64_t memory_us = clock_now_us();
   for (;;) {
      if ((phases & BIT(runtime_api_phase(environment->api, NULL))) != 0) {
         return WATCH_PHASE;
      }
      int64_t now_us = clock_now_us();
      if (now_us >= until_us) {
         return WATCH_TIME;
      }
      if (now_us - memory_us >= MEMORY_POLL_MS * 1000) {
         memory_us = now_us;
         note_memory(environment);
         if ((double)environment->max_memory > environment->config.memory_mb * MEGABYTE) {
            return WATCH_MEMORY;
         }
      }
      int64_t left_ms = (until_us - now_us + 999) / 1000;
      int ready = poll(polled, 3, left_ms < MEMORY_POLL_MS ? (int)left_ms : MEMORY_POLL_MS);
      if (ready <= 0) {
         continue;
      }
      if (polled[2].revents != 0) {
         return WATCH_INTERRUPTED;
      }
      if (polled[0].revents != 0) {
         drain_wake(environment);
      } else if (polled[1].revents != 0) {
         runtime_api_settle(environment->api);
         bool reached = (phases & BIT(runtime_api_phase(environment->api, NULL))) != 0;
         return reached ? WATCH_PHASE : WATCH_ENDED;
      }
   }
}

static int
start_process(struct environment *environment, struct drill_error *error)
{
   if (environment->api == NULL) {
      environment->api = runtime_api_new(environment->violations, environment->wake, error);
      if (environment->api == NULL) {
         return -1;
      }
   }
   const struct lambda_variables_source source = {
      .task_root = environment->launch.task_root,
      .function_name = environment->config.function_name,
      .handler = environment->config.handler,
      .memory_mb = environment->config.memory_mb,
      .runtime_api_port = runtime_api_port(environment->api),
      .instance = environment->instance,
      .added = environment->config.variables,
   };
   char **variables = lambda_variables_new(&source);
   if (variables == NULL) {
      drill_error_set(error, "expected memory for the function's environment, found none");
      return -1;
   }
   const struct process_plan plan = {
      .arguments = environment->launch.arguments,
      .variables = variables,
      .folder = environment->launch.folder,
      .private_root = environment->launch.private_root,
      .output = lambda_log_writer(environment->log),
      .guard = environment->config.guard,
   };
   environment->started_us = clock_now_us();
   environment->cold = true;
   environment->max_memory = 0;
   environment->init_ms = 0;
   struct drill_error reason = {""};
   if (process_start(&environment->process, &plan, &reason) != 0) {
      lambda_log_line(environment->log, "%s", reason.message);
      drill_error_set(error, "%s", reason.message);
      return 1;
   }
   atomic_store(&environment->process_id, environment->process.id);
   return 0;
}

static void
end_freeze(struct environment *environment, struct invocation_result *result)
{
   if (!environment->suspended) {
      return;
   }
   int64_t cpu_ns = process_cpu_ns(&environment->process) - environment->suspended_cpu_ns;
   int64_t now_us = clock_now_us();
   double frozen_ms = (double)(now_us - environment->suspended_us) / 1e3;
   double frozen_cpu_ms = cpu_ns > 0 ? (double)cpu_ns / 1e6 : 0;
   char detail[100];
   snprintf(detail, sizeof detail, "%.1f ms, of them %.3f ms on a CPU", frozen_ms, frozen_cpu_ms);
   timeline_end(environment->config.timeline, environment->freeze_entry, frozen_cpu_ms > 0, detail);
   environment->suspended = false;
   if (result != NULL) {
      result->frozen_ms = frozen_ms;
      result->frozen_cpu_ms = frozen_cpu_ms;
      result->thawed_us = now_us;
   }
}

/* The status as waitpid has it. */
static int
end_process(struct environment *environment)
{
   if (environment->process.id == 0) {
      return 0;
   }
   end_freeze(environment, NULL);
   atomic_store(&environment->process_id, 0);
   int status = process_end(&environment->process);
   runtime_api_destroy(environment->api);
   environment->api = NULL;
   drain_wake(environment);
   return status;
}

static void
suspend(struct environment *environment)
{
   if (environment->config.keep_running) {
      return;
   }
   process_suspend(&environment->process);
   environment->suspended = true;
   environment->suspended_us = clock_now_us();
   environment->suspended_cpu_ns = process_cpu_ns(&environment->process);
   environment->freeze_entry =
      timeline_begin(environment->config.timeline, TIMELINE_FREEZE, environment->instance, "frozen", "%s", "");
}

static void
thaw(struct environment *environment, struct invocation_result *result)
{
   if (environment->suspended) {
      end_freeze(environment, result);
      process_thaw(&environment->process);
   }
}

/* --- what the invoker is told
 * ----------------------------------------------------------------------------------------- */

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
tell_failure(struct environment *environment,
             struct invocation_result *result,
             enum watch_end end,
             bool in_init,
             unsigned limit_ms,
             struct drill_error *error)
{
   note_memory(environment);
   int status = end_process(environment);
   char exited[100];
   lambda_exit_describe(status, exited, sizeof exited);
   bool set = false;
   result->end_us = clock_now_us();
   if (end == WATCH_TIME) {
      result->outcome = INVOCATION_TIMED_OUT;
      set = lambda_error_set(result, "Sandbox.Timedout", "Task timed out after %.2f seconds", limit_ms / 1000.0);
      lambda_log_line(environment->log, "%s Task timed out after %.2f seconds", result->request_id, limit_ms / 1000.0);
   } else if (end == WATCH_MEMORY) {
      result->outcome = INVOCATION_OUT_OF_MEMORY;
      set = lambda_error_set(result, "Runtime.OutOfMemory", "Runtime exited with error: signal: killed");
   } else {
      result->outcome = INVOCATION_CRASHED;
      set = lambda_error_set(result, "Runtime.ExitError", "Runtime %s", exited);
      lambda_log_line(environment->log, "RequestId: %s Error: Runtime %s", result->request_id, exited);
   }
   if (in_init) {
      result->outcome = INVOCATION_INIT_FAILED;
   }
   return set ? 0 : out_of_memory(error);
}

/* --- init
 * --------------------------------------------------------------------------------------------------------------- */

static void
log_init_failure(struct environment *environment, const struct invocation_result *result)
{
   if (!environment->config.emulator_manners) {
      lambda_log_line(environment->log,
                      "INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: %s\tError Type: %s",
                      (double)(clock_now_us() - environment->started_us) / 1e3,
                      strcmp(result->error_type, "Sandbox.Timedout") == 0 ? "timeout" : "error",
                      result->error_type);
   }
}

static int
take_init_error(struct environment *environment, struct invocation_result *result, struct drill_error *error)
{
   struct runtime_answer answer = {0};
   if (!runtime_api_take_answer(environment->api, &answer)) {
      return out_of_memory(error);
   }
   take_payload(result, &answer);
   watch(environment, 0, clock_now_us() + INIT_ERROR_EXIT_MAX_US);
   end_process(environment);
   result->outcome = INVOCATION_INIT_FAILED;
   return 0;
}

/* 0 when the function asks for its first event, 1 when it failed and result says how, -1 with error set. */
static int
init(struct environment *environment, struct invocation_result *result, struct drill_error *error)
{
   struct timeline *timeline = environment->config.timeline;
   struct drill_error reason = {""};
   size_t entry = timeline_begin(timeline, TIMELINE_INIT, environment->instance, "init", "%s", "");
   int failed = start_process(environment, &reason);
   if (failed > 0) {
      result->outcome = INVOCATION_INIT_FAILED;
      failed = lambda_error_set(result, "Runtime.InvalidEntrypoint", "%s", reason.message) ? 1 : -1;
   } else if (failed < 0) {
      drill_error_set(error, "%s", reason.message);
   } else {
      unsigned limit_ms = environment->config.init_timeout_ms;
      enum watch_end end = watch(environment, INIT_OVER, environment->started_us + (int64_t)limit_ms * 1000);
      int64_t first_us = 0;
      enum runtime_phase phase = runtime_api_phase(environment->api, &first_us);
      if (end == WATCH_INTERRUPTED) {
         failed = interrupted(error);
      } else if (end != WATCH_PHASE) {
         failed = tell_failure(environment, result, end, true, limit_ms, error) == 0 ? 1 : -1;
      } else if (phase == RUNTIME_INIT_FAILED) {
         failed = take_init_error(environment, result, error) == 0 ? 1 : -1;
      } else {
         environment->init_ms = (double)(first_us - environment->started_us) / 1e3;
         result->init_ms = environment->init_ms;
      }
   }
   timeline_end(timeline, entry, failed != 0, failed > 0 ? result->error_type : NULL);
   if (failed > 0) {
      result->cold = true;
      result->start_us = environment->started_us;
      result->end_us = clock_now_us();
      log_init_failure(environment, result);
   }
   return failed;
}

/* --- one invocation
 * ----------------------------------------------------------------------------------------------------- */

static int
hand_out(struct environment *environment,
         const char *event,
         size_t length,
         const struct invoker_context *context,
         struct invocation_result *result,
         struct drill_error *error)
{
   static const struct invoker_context none = {0};
   const struct invoker_context *given = context != NULL ? context : &none;
   char trace_id[100];
   request_id_trace(trace_id, sizeof trace_id);
   struct runtime_event handed = {
      .deadline_ms = clock_wall_ms() + environment->config.timeout_ms,
      .function_arn = environment->arn,
      .trace_id = given->trace_id != NULL ? given->trace_id : trace_id,
      .client_context = given->client_context,
      .cognito_identity = given->cognito_identity,
      .body = event,
      .length = length,
   };
   memcpy(handed.request_id, result->request_id, sizeof handed.request_id);
   result->cold = environment->cold;
   environment->cold = false;
   if (!environment->config.emulator_manners) {
      lambda_log_line(environment->log, "START RequestId: %s Version: $LATEST", result->request_id);
   }
   result->start_us = clock_now_us();
   return runtime_api_hand_out(environment->api, &handed, error);
}

/* Duration in Lambda's lines is from event to answer; init is billed as well where it was needed. */
static void
log_report(struct environment *environment, const struct invocation_result *result)
{
   if (environment->config.emulator_manners) {
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
   lambda_log_line(environment->log,
                   "END RequestId: %s\nREPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\t"
                   "Memory Size: %u MB\tMax Memory Used: %u MB\t%s%s",
                   result->request_id,
                   result->request_id,
                   duration_ms,
                   (double)(long long)(duration_ms + result->init_ms + 0.999),
                   environment->config.memory_mb,
                   rounded_up_mb(environment->max_memory),
                   init,
                   status);
}

static void
until_next(struct environment *environment)
{
   enum watch_end end = watch(environment, BIT(RUNTIME_WAITING), clock_now_us() + NEXT_MAX_US);
   if (end == WATCH_ENDED) {
      char exited[100];
      lambda_exit_describe(end_process(environment), exited, sizeof exited);
      violations_add(environment->violations, "%s after its answer, before it asked for the next event", exited);
   } else {
      note_memory(environment);
      suspend(environment);
   }
}

static int
await_answer(struct environment *environment, struct invocation_result *result, struct drill_error *error)
{
   unsigned limit_ms = environment->config.timeout_ms;
   enum watch_end end = watch(environment, ANSWER_GIVEN, result->start_us + (int64_t)limit_ms * 1000);
   if (end == WATCH_INTERRUPTED) {
      return interrupted(error);
   }
   if (end != WATCH_PHASE) {
      return tell_failure(environment, result, end, false, limit_ms, error);
   }
   struct runtime_answer answer = {0};
   if (!runtime_api_take_answer(environment->api, &answer)) {
      return out_of_memory(error);
   }
   take_payload(result, &answer);
   result->outcome = answer.failed ? INVOCATION_FUNCTION_ERROR : INVOCATION_ANSWERED;
   result->end_us = answer.at_us;
   return 0;
}

/* 0 when the function asks for an event, 1 when it failed and result says how, -1 with error set. */
static int
make_ready(struct environment *environment, struct invocation_result *result, struct drill_error *error)
{
   if (environment->process.id != 0 && process_has_ended(&environment->process)) {
      char exited[100];
      lambda_exit_describe(end_process(environment), exited, sizeof exited);
      lambda_log_line(environment->log, "Runtime %s between two invocations", exited);
   }
   if (environment->process.id == 0) {
      return init(environment, result, error);
   }
   thaw(environment, result);
   unsigned limit_ms = environment->config.timeout_ms;
   result->start_us = clock_now_us();
   enum watch_end end = watch(environment, BIT(RUNTIME_WAITING), result->start_us + (int64_t)limit_ms * 1000);
   if (end == WATCH_INTERRUPTED) {
      return interrupted(error);
   }
   return end == WATCH_PHASE ? 0 : tell_failure(environment, result, end, false, limit_ms, error) == 0 ? 1 : -1;
}

static int
run(struct environment *environment,
    const char *event,
    size_t length,
    const struct invoker_context *context,
    struct invocation_result *result,
    struct drill_error *error)
{
   int failed = make_ready(environment, result, error);
   if (failed != 0) {
      return failed < 0 ? -1 : 0;
   }
   if (hand_out(environment, event, length, context, result, error) != 0) {
      return -1;
   }
   struct timeline *timeline = environment->config.timeline;
   size_t entry = timeline_begin(
      timeline, TIMELINE_INVOCATION, environment->instance, result->cold ? "cold" : "warm", "%s", result->request_id);
   failed = await_answer(environment, result, error);
   bool bad = failed != 0 || result->outcome != INVOCATION_ANSWERED;
   timeline_end(timeline, entry, bad, bad && failed == 0 ? result->error_type : NULL);
   if (failed == 0 && environment->process.id != 0) {
      until_next(environment);
   }
   if (failed == 0) {
      log_report(environment, result);
   }
   return failed;
}

int
environment_invoke_with(struct environment *environment,
                        const char *event,
                        size_t event_length,
                        const struct invoker_context *context,
                        struct invocation_result *result,
                        struct drill_error *error)
{
   *result = (struct invocation_result){.instance = environment->instance};
   if (event_length > RUNTIME_EVENT_MAX) {
      drill_error_set(error, "expected an event of at most %u bytes, found %zu", RUNTIME_EVENT_MAX, event_length);
      return -1;
   }
   request_id_new(result->request_id, sizeof result->request_id);
   lambda_log_begin(environment->log);
   int failed = run(environment, event, event_length, context, result, error);
   if (failed != 0) {
      invocation_result_clear(result);
      return -1;
   }
   result->max_memory_mb = rounded_up_mb(environment->max_memory);
   result->violations = violations_take(environment->violations);
   result->log_tail = lambda_log_tail(environment->log);
   return 0;
}

int
environment_invoke(struct environment *environment,
                   const char *event,
                   size_t event_length,
                   struct invocation_result *result,
                   struct drill_error *error)
{
   return environment_invoke_with(environment, event, event_length, NULL, result, error);
}

/* --- its life
 * --------------------------------------------------------------------------------------------------------- */

static void
set_config(struct environment *environment, const struct function_config *config)
{
   struct function_config *own = &environment->config;
   *own = *config;
   own->function_name = config->function_name != NULL ? config->function_name : "function";
   own->handler = config->handler != NULL ? config->handler : "mongodb";
   own->timeout_ms = config->timeout_ms != 0 ? config->timeout_ms : 30000;
   own->init_timeout_ms = config->init_timeout_ms != 0 ? config->init_timeout_ms : 10000;
   own->memory_mb = config->memory_mb != 0 ? config->memory_mb : 128;
   snprintf(environment->arn, sizeof environment->arn, ARN_FORMAT, own->function_name);
}

struct environment *
environment_new(const struct function_config *config, int instance, struct drill_error *error)
{
   struct environment *environment = calloc(1, sizeof *environment);
   if (environment == NULL) {
      drill_error_set(error, "expected memory for an execution environment, found none");
      return NULL;
   }
   environment->instance = instance;
   environment->process.descriptor = -1;
   environment->interrupt = -1;
   environment->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   set_config(environment, config);
   if (environment->wake >= 0) {
      environment->interrupt = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   }
   environment->violations = violations_new();
   if (environment->interrupt < 0 || environment->violations == NULL) {
      drill_error_set(error, "expected memory and file descriptors, found: %s", strerror(errno));
      goto failed;
   }
   if (launch_init(&environment->launch, config->task_root, error) != 0) {
      goto failed;
   }
   environment->log = lambda_log_new(config->log, error);
   if (environment->log == NULL) {
      goto failed;
   }
   environment->api = runtime_api_new(environment->violations, environment->wake, error);
   if (environment->api != NULL) {
      return environment;
   }
failed:
   environment_destroy(environment);
   return NULL;
}

void
environment_destroy(struct environment *environment)
{
   if (environment == NULL) {
      return;
   }
   end_process(environment);
   runtime_api_destroy(environment->api);
   lambda_log_destroy(environment->log);
   violations_destroy(environment->violations);
   if (environment->wake >= 0) {
      close(environment->wake);
   }
   if (environment->interrupt >= 0) {
      close(environment->interrupt);
   }
   free(environment);
}

void
environment_interrupt(struct environment *environment)
{
   const uint64_t one = 1;
   while (write(environment->interrupt, &one, sizeof one) < 0 && errno == EINTR) {
   }
}

pid_t
environment_process(struct environment *environment)
{
   return atomic_load(&environment->process_id);
}
