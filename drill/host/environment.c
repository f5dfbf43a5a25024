#include "environment.h"

#include "clock.h"
#include "invocation.h"
#include "lambda_report.h"
#include "managed_instance.h"
#include "request_id.h"
#include "restoration.h"
#include "sandbox.h"
#include "shut_down.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define INIT_TIMEOUT_MS 10000
#define MANAGED_INIT_TIMEOUT_MS 130000
/* Between two looks at how many workers wait. */
#define LOOK_US 1000

struct environment {
   struct function_config config;
   struct sandbox sandbox;
   struct managed_instance *managed; /* NULL: one event at a time */
};

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
   case INVOCATION_REFUSED:
      return "refused";
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

int
environment_invoke_with(struct environment *environment,
                        const char *event,
                        size_t event_length,
                        const struct invoker_context *context,
                        struct invocation_result *result,
                        struct drill_error *error)
{
   struct sandbox *sandbox = &environment->sandbox;
   *result = (struct invocation_result){.instance = environment->sandbox.instance};
   if (event_length > RUNTIME_EVENT_MAX) {
      drill_error_set(error, "expected an event of at most %u bytes, found %zu", RUNTIME_EVENT_MAX, event_length);
      return -1;
   }
   request_id_new(result->request_id, sizeof result->request_id);
   int failed;
   if (environment->managed != NULL) {
      failed = managed_instance_invoke(environment->managed, event, event_length, context, result, error);
   } else {
      lambda_log_begin(sandbox->log);
      failed = invocation_run(sandbox, event, event_length, context, result, error);
      result->max_memory_mb = lambda_report_megabytes(sandbox->max_memory);
   }
   if (failed != 0) {
      invocation_result_clear(result);
      return -1;
   }
   result->log_tail = lambda_log_tail(sandbox->log);
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

/* "the maximum of 130 seconds or the configured function timeout", of a managed instance. */
static unsigned
default_init_timeout_ms(const struct function_config *config)
{
   if (config->concurrency == 1) {
      return INIT_TIMEOUT_MS;
   }
   return config->timeout_ms > MANAGED_INIT_TIMEOUT_MS ? config->timeout_ms : MANAGED_INIT_TIMEOUT_MS;
}

int
environment_take_snapshot(struct environment *environment,
                          bool *restorable,
                          struct invocation_result *result,
                          struct drill_error *error)
{
   *result = (struct invocation_result){.instance = environment->sandbox.instance};
   lambda_log_begin(environment->sandbox.log);
   int failed = restoration_take_snapshot(&environment->sandbox, restorable, result, error);
   if (failed > 0) {
      result->log_tail = lambda_log_tail(environment->sandbox.log);
   }
   return failed;
}

bool
environment_knows_snapshot(const struct environment *environment)
{
   return environment->sandbox.memory != NULL;
}

bool
environment_snapshot_has(const struct environment *environment, const uint8_t *bytes, size_t length)
{
   const struct memory_copy *memory = environment->sandbox.memory;
   return memory != NULL && memory_copy_has(memory, bytes, length);
}

static void
set_config(struct environment *environment, const struct function_config *config)
{
   struct function_config *own = &environment->config;
   *own = *config;
   own->function_name = config->function_name != NULL ? config->function_name : "function";
   own->handler = config->handler != NULL ? config->handler : "mongodb";
   own->timeout_ms = config->timeout_ms != 0 ? config->timeout_ms : 30000;
   own->concurrency = config->concurrency > 1 ? config->concurrency : 1;
   own->init_timeout_ms = config->init_timeout_ms != 0 ? config->init_timeout_ms : default_init_timeout_ms(own);
   own->memory_mb = config->memory_mb != 0 ? config->memory_mb : 128;
}

struct environment *
environment_new(const struct function_config *config, int instance, struct drill_error *error)
{
   struct environment *environment = calloc(1, sizeof *environment);
   if (environment == NULL) {
      drill_error_set(error, "expected memory for an execution environment, found none");
      return NULL;
   }
   set_config(environment, config);
   if (sandbox_init(&environment->sandbox, &environment->config, instance, error) != 0) {
      environment_destroy(environment);
      return NULL;
   }
   if (environment->config.concurrency > 1) {
      environment->managed = managed_instance_new(&environment->sandbox, error);
      if (environment->managed == NULL) {
         environment_destroy(environment);
         return NULL;
      }
   }
   return environment;
}

void
environment_destroy(struct environment *environment)
{
   if (environment != NULL) {
      shut_down(&environment->sandbox);
      managed_instance_destroy(environment->managed);
      sandbox_clear(&environment->sandbox);
      free(environment);
   }
}

unsigned
environment_concurrency(const struct environment *environment)
{
   return environment->config.concurrency;
}

unsigned
environment_await_workers(struct environment *environment, unsigned count, int64_t until_us)
{
   unsigned waiting;
   while ((waiting = managed_instance_waiting(environment->managed)) < count && clock_now_us() < until_us) {
      clock_sleep_us(LOOK_US);
   }
   return waiting;
}

void
environment_interrupt(struct environment *environment)
{
   const uint64_t one = 1;
   while (write(environment->sandbox.interrupt, &one, sizeof one) < 0 && errno == EINTR) {
   }
}

pid_t
environment_process(struct environment *environment)
{
   return atomic_load(&environment->sandbox.process_id);
}
