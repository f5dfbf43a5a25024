#include "sandbox.h"

#include "clock.h"
#include "descriptors.h"
#include "error.h"
#include "lambda_variables.h"
#include "thread.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, "Shutdown phase": 0 ms without an
 * extension, 500 ms with internal ones. (External ones, which have 2,000 ms, are not run here.) AWS's samples
 * (aws-samples/graceful-shutdown-with-aws-lambda) say that the runtime then gets SIGTERM. */
#define GRACE_US 500000

void
sandbox_note_memory(struct sandbox *sandbox)
{
   memory_use_note(&sandbox->memory_use, &sandbox->process.descendants);
}

enum watch_end
sandbox_watch(struct sandbox *sandbox, unsigned phases, int64_t until_us)
{
   struct pollfd polled[] = {
      {.fd = sandbox->wake, .events = POLLIN},
      {.fd = sandbox->process.descriptor, .events = POLLIN},
      {.fd = sandbox->interrupt, .events = POLLIN},
   };
   int64_t memory_us = clock_now_us();
   for (;;) {
      if ((phases & PHASE_BIT(runtime_api_phase(sandbox->api, NULL))) != 0) {
         return WATCH_PHASE;
      }
      int64_t now_us = clock_now_us();
      if (now_us >= until_us) {
         return WATCH_TIME;
      }
      if (now_us - memory_us >= MEMORY_USE_LOOK_MS * 1000) {
         memory_us = now_us;
         sandbox_note_memory(sandbox);
         if (memory_use_is_over(&sandbox->memory_use)) {
            return WATCH_MEMORY;
         }
      }
      int64_t left_ms = (until_us - now_us + 999) / 1000;
      int ready = poll(polled, 3, left_ms < MEMORY_USE_LOOK_MS ? (int)left_ms : MEMORY_USE_LOOK_MS);
      if (ready <= 0) {
         continue;
      }
      if (polled[2].revents != 0) {
         return WATCH_INTERRUPTED;
      }
      if (polled[0].revents != 0) {
         wakeup_clear(sandbox->wake);
      } else if (polled[1].revents != 0) {
         runtime_api_settle(sandbox->api);
         bool reached = (phases & PHASE_BIT(runtime_api_phase(sandbox->api, NULL))) != 0;
         return reached ? WATCH_PHASE : WATCH_ENDED;
      }
   }
}

int
sandbox_start(struct sandbox *sandbox, struct drill_error *error)
{
   if (sandbox->api == NULL) {
      sandbox->api = runtime_api_new(sandbox->config, sandbox->violations, sandbox->wake, error);
      if (sandbox->api == NULL) {
         return -1;
      }
   }
   if (sandbox->snapshot == SNAPSHOT_DUE) {
      runtime_api_serve_restore(sandbox->api);
   }
   struct variable_list variables;
   if (!lambda_variables_init(&variables, sandbox, runtime_api_port(sandbox->api))) {
      drill_error_set(error, "out of memory: could not create the function's environment variables");
      variable_list_clear(&variables);
      return -1;
   }
   sandbox->started_us = clock_now_us();
   sandbox->cold = true;
   memory_use_init(&sandbox->memory_use, sandbox->config->memory_mb);
   int failed = function_root_start(&sandbox->root, &sandbox->process, &variables, -1, -1, error);
   variable_list_clear(&variables);
   if (failed != 0) {
      return failed;
   }
   atomic_store(&sandbox->process_id, sandbox->process.id);
   return 0;
}

int
sandbox_end(struct sandbox *sandbox)
{
   if (sandbox->process.id == 0) {
      return 0;
   }
   freezer_forget(&sandbox->freezer);
   atomic_store(&sandbox->process_id, 0);
   if (sandbox->api != NULL && !process_has_ended(&sandbox->process)) {
      runtime_api_expect_end(sandbox->api);
   }
   int status = process_end(&sandbox->process);
   runtime_api_destroy(sandbox->api);
   sandbox->api = NULL;
   wakeup_clear(sandbox->wake);
   return status;
}

int
sandbox_shut_down(struct sandbox *sandbox)
{
   bool lives = sandbox->process.id != 0 && !process_has_ended(&sandbox->process);
   struct extensions extensions = {.count = 0};
   if (lives) {
      runtime_api_extensions(sandbox->api, &extensions);
   }
   if (extensions.count > 0) {
      runtime_api_expect_end(sandbox->api);
      freezer_thaw(&sandbox->freezer, NULL);
      kill(-sandbox->process.id, SIGTERM);
      process_await_end(&sandbox->process, clock_now_us() + GRACE_US);
   }
   return sandbox_end(sandbox);
}

void
sandbox_suspend(struct sandbox *sandbox)
{
   if (!sandbox->config->keep_running) {
      freezer_suspend(&sandbox->freezer);
   }
}

/* --- its life ----------------------------------------------------------------------------------------------------- */

int
sandbox_init(struct sandbox *sandbox, const struct function_config *config, int instance, struct drill_error *error)
{
   memset(sandbox, 0, sizeof *sandbox);
   sandbox->config = config;
   sandbox->instance = instance;
   sandbox->process.descriptor = -1;
   sandbox->freezer =
      (struct freezer){.process = &sandbox->process, .timeline = config->timeline, .instance = instance};
   sandbox->root.mounts = -1;
   sandbox->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   sandbox->interrupt = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   sandbox->violations = violations_new();
   if (sandbox->wake < 0 || sandbox->interrupt < 0 || sandbox->violations == NULL) {
      shortage_tell(error, "create an execution environment", errno);
      return -1;
   }
   if (function_root_init(&sandbox->root, config, NULL, error) != 0) {
      return -1;
   }
   sandbox->api = runtime_api_new(sandbox->config, sandbox->violations, sandbox->wake, error);
   return sandbox->api != NULL ? 0 : -1;
}

void
sandbox_clear(struct sandbox *sandbox)
{
   sandbox_end(sandbox);
   memory_copy_destroy(sandbox->memory);
   function_root_clear(&sandbox->root);
   runtime_api_destroy(sandbox->api);
   violations_destroy(sandbox->violations);
   descriptors_close(sandbox->wake);
   descriptors_close(sandbox->interrupt);
}
