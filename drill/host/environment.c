#include "environment.h"

#include "lambda_platform.h"
#include "request_id.h"
#include "runtime_api.h"

#include <stdlib.h>

#define TIMEOUT_DEFAULT_MS 30000
#define MEMORY_DEFAULT_MB 128
#define INIT_TIMEOUT_DEFAULT_MS 10000
#define MANAGED_INIT_TIMEOUT_DEFAULT_MS 130000

struct environment {
   struct function_config config;
   int instance;
   const struct platform_host *host;
   void *self; /* owned by the platform's host */
};

/* --- its life ----------------------------------------------------------------------------------------------------- */

/* For a managed instance: "the maximum of 130 seconds or the configured function timeout". */
static unsigned
default_init_timeout_ms(const struct function_config *own)
{
   if (own->concurrency == 1) {
      return INIT_TIMEOUT_DEFAULT_MS;
   }
   return own->timeout_ms > MANAGED_INIT_TIMEOUT_DEFAULT_MS ? own->timeout_ms : MANAGED_INIT_TIMEOUT_DEFAULT_MS;
}

static void
complete(struct function_config *own, const struct function_config *config)
{
   *own = *config;
   own->concurrency = config->concurrency > 1 ? config->concurrency : 1;
   if (own->platform == NULL) {
      own->platform = own->concurrency > 1 ? &platform_managed : &platform_lambda;
   }
   own->function_name = config->function_name != NULL ? config->function_name : "function";
   own->handler = config->handler != NULL ? config->handler : "mongodb";
   own->timeout_ms = config->timeout_ms != 0 ? config->timeout_ms : TIMEOUT_DEFAULT_MS;
   own->memory_mb = config->memory_mb != 0 ? config->memory_mb : MEMORY_DEFAULT_MB;
   own->init_timeout_ms = config->init_timeout_ms != 0 ? config->init_timeout_ms : default_init_timeout_ms(own);
}

struct environment *
environment_new(const struct function_config *config, int instance, struct drill_error *error)
{
   struct environment *environment = calloc(1, sizeof *environment);
   if (environment == NULL) {
      drill_error_set(error, "out of memory: could not create an execution environment");
      return NULL;
   }
   complete(&environment->config, config);
   environment->instance = instance;
   environment->host = environment->config.platform->host;
   environment->self = environment->host->create(&environment->config, instance, error);
   if (environment->self == NULL) {
      free(environment);
      return NULL;
   }
   return environment;
}

void
environment_destroy(struct environment *environment)
{
   if (environment != NULL) {
      environment->host->destroy(environment->self);
      free(environment);
   }
}

/* --- invocations -------------------------------------------------------------------------------------------------- */

static void
begin(const struct environment *environment, struct invocation_result *result)
{
   *result = (struct invocation_result){.instance = environment->instance};
}

int
environment_invoke_with(struct environment *environment,
                        const struct invoker_event *event,
                        struct invocation_result *result,
                        struct drill_error *error)
{
   begin(environment, result);
   if (event->length > RUNTIME_EVENT_MAX) {
      return drill_error_set(
         error, "the event has %zu bytes; at most %u are allowed", event->length, RUNTIME_EVENT_MAX);
   }
   request_id_new(result->request_id, sizeof result->request_id);
   int failed = environment->host->invoke(environment->self, event, result, error);
   if (failed != 0) {
      invocation_result_clear(result);
   }
   return failed;
}

int
environment_invoke(struct environment *environment,
                   const char *event,
                   size_t event_length,
                   struct invocation_result *result,
                   struct drill_error *error)
{
   const struct invoker_event plain = {.text = event, .length = event_length};
   return environment_invoke_with(environment, &plain, result, error);
}

int
environment_initialise(struct environment *environment, struct invocation_result *result, struct drill_error *error)
{
   begin(environment, result);
   return environment->host->initialise(environment->self, result, error);
}

int
environment_take_snapshot(struct environment *environment,
                          bool *restorable,
                          struct invocation_result *result,
                          struct drill_error *error)
{
   begin(environment, result);
   return environment->host->take_snapshot(environment->self, restorable, result, error);
}

const struct memory_copy *
environment_snapshot(const struct environment *environment)
{
   return environment->host->snapshot(environment->self);
}

unsigned
environment_concurrency(const struct environment *environment)
{
   return environment->config.concurrency;
}

unsigned
environment_await_workers(struct environment *environment, unsigned count, int64_t until_us)
{
   const struct platform_host *host = environment->host;
   return host->await_workers != NULL ? host->await_workers(environment->self, count, until_us) : count;
}

void
environment_interrupt(struct environment *environment)
{
   environment->host->interrupt(environment->self);
}

pid_t
environment_process(struct environment *environment)
{
   return environment->host->process(environment->self);
}
