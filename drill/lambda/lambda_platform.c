#include "lambda_platform.h"

#include "clock.h"
#include "initialization.h"
#include "invocation.h"
#include "managed_instance.h"
#include "sandbox.h"
#include "thread.h"

#include <stdlib.h>

/* Time between two looks at how many workers wait. */
#define LOOK_US 1000

struct lambda_environment {
   struct sandbox sandbox;
   struct managed_instance *managed; /* NULL if it takes one event at a time */
};

static int
invoke(void *self, const struct invoker_event *event, struct invocation_result *result, struct drill_error *error)
{
   struct lambda_environment *environment = self;
   struct sandbox *sandbox = &environment->sandbox;
   int failed;
   if (environment->managed != NULL) {
      failed = managed_instance_invoke(environment->managed, event, result, error);
   } else {
      function_log_begin(sandbox->root.log);
      failed = invocation_run(sandbox, event, result, error);
      result->max_memory_mb = memory_use_mb(&sandbox->memory_use);
   }
   if (failed == 0) {
      result->log_tail = function_log_tail(sandbox->root.log);
   }
   return failed;
}

static int
initialise(void *self, struct invocation_result *result, struct drill_error *error)
{
   struct lambda_environment *environment = self;
   struct sandbox *sandbox = &environment->sandbox;
   function_log_begin(sandbox->root.log);
   sandbox->provisioned = true;
   int failed = initialization_run(sandbox, result, error);
   if (failed == 0) {
      sandbox->early_init_ms = result->init_ms;
      sandbox_note_memory(sandbox);
      sandbox_suspend(sandbox);
   } else if (failed > 0) {
      result->log_tail = function_log_tail(sandbox->root.log);
   }
   return failed;
}

static int
take_snapshot(void *self, bool *restorable, struct invocation_result *result, struct drill_error *error)
{
   struct lambda_environment *environment = self;
   function_log_begin(environment->sandbox.root.log);
   int failed = initialization_take_snapshot(&environment->sandbox, restorable, result, error);
   if (failed > 0) {
      result->log_tail = function_log_tail(environment->sandbox.root.log);
   }
   return failed;
}

static const struct memory_copy *
snapshot(const void *self)
{
   const struct lambda_environment *environment = self;
   return environment->sandbox.memory;
}

static void
destroy(void *self)
{
   struct lambda_environment *environment = self;
   if (environment != NULL) {
      sandbox_shut_down(&environment->sandbox);
      managed_instance_destroy(environment->managed);
      sandbox_clear(&environment->sandbox);
      free(environment);
   }
}

static void *
create(const struct function_config *config, int instance, struct drill_error *error)
{
   struct lambda_environment *environment = calloc(1, sizeof *environment);
   if (environment == NULL) {
      drill_error_set(error, "out of memory: could not create an execution environment");
      return NULL;
   }
   if (sandbox_init(&environment->sandbox, config, instance, error) != 0) {
      destroy(environment);
      return NULL;
   }
   if (config->concurrency > 1) {
      environment->managed = managed_instance_new(&environment->sandbox, error);
      if (environment->managed == NULL) {
         destroy(environment);
         return NULL;
      }
   }
   return environment;
}

static unsigned
await_workers(void *self, unsigned count, int64_t until_us)
{
   struct lambda_environment *environment = self;
   unsigned waiting;
   while ((waiting = managed_instance_waiting(environment->managed)) < count && clock_now_us() < until_us) {
      clock_sleep_us(LOOK_US);
   }
   return waiting;
}

static void
interrupt(void *self)
{
   struct lambda_environment *environment = self;
   wakeup_send(environment->sandbox.interrupt);
}

static pid_t
process(void *self)
{
   struct lambda_environment *environment = self;
   return atomic_load(&environment->sandbox.process_id);
}

static const struct platform_host host = {
   .create = create,
   .destroy = destroy,
   .invoke = invoke,
   .initialise = initialise,
   .await_workers = await_workers,
   .interrupt = interrupt,
   .process = process,
   .take_snapshot = take_snapshot,
   .snapshot = snapshot,
};

const struct platform platform_lambda = {
   .name = "lambda",
   .title = "AWS Lambda",
   .help = "frozen between its invocations",
   .client_env = "aws.lambda",
   .idle = PLATFORM_FREEZES,
   .concurrency_max = 1,
   .concurrency_default = 1,
   .memory_mb = 128,
   .contract = "the Runtime API",
   .idle_words = "Lambda freezes an idle environment",
   .host = &host,
};

const struct platform platform_managed = {
   .name = "managed",
   .title = "AWS Lambda Managed Instances",
   .help = "Lambda Managed Instances: several invocations at once, never frozen",
   .client_env = "aws.lambda",
   .idle = PLATFORM_RUNS_ON,
   .concurrency_max = 64,
   .concurrency_default = 4,
   .memory_mb = 128,
   .contract = "the Runtime API",
   .idle_words = "a managed instance is never frozen",
   .host = &host,
};
