#include "invocation_failure.h"

#include "clock.h"

#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

bool
lambda_error_set(struct invocation_result *result, const char *type, const char *format, ...)
{
   char reason[1100];
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(reason, sizeof reason, format, arguments);
   va_end(arguments);
   char message[1200];
   snprintf(message, sizeof message, "RequestId: %s Error: %s", result->request_id, reason);
   return invocation_result_fail(result, type, message);
}

/* The names of Go's os package, which Lambda shows. */
static const char *
signal_name(int number)
{
   switch (number) {
   case SIGABRT:
      return "aborted";
   case SIGKILL:
      return "killed";
   case SIGTERM:
      return "terminated";
   default:
      return strsignal(number);
   }
}

void
lambda_exit_describe(int status, char *text, size_t size)
{
   if (WIFSIGNALED(status)) {
      int number = WTERMSIG(status);
      snprintf(text, size, "exited with error: signal: %s", signal_name(number));
      char *name = strstr(text, "signal: ") + strlen("signal: ");
      *name = (char)tolower((unsigned char)*name);
      return;
   }
   if (WEXITSTATUS(status) != 0) {
      snprintf(text, size, "exited with error: exit status %d", WEXITSTATUS(status));
      return;
   }
   snprintf(text, size, "exited without providing a reason");
}

void
invocation_result_take_answer(struct invocation_result *result, struct runtime_answer *answer)
{
   free(result->payload);
   result->payload = answer->payload;
   result->payload_length = answer->length;
   answer->payload = NULL;
   memcpy(result->error_type, answer->error_type, sizeof result->error_type);
}

void
invocation_result_answered(struct invocation_result *result, struct runtime_answer *answer)
{
   invocation_result_take_answer(result, answer);
   result->outcome = answer->failed ? INVOCATION_FUNCTION_ERROR : INVOCATION_ANSWERED;
   result->end_us = answer->at_us;
}

static void
set_line(struct invocation_failure *failure, const struct invocation_result *result, const char *reason)
{
   snprintf(failure->line, sizeof failure->line, "RequestId: %s Error: %s", result->request_id, reason);
}

int
invocation_failure_tell(struct sandbox *sandbox,
                        enum watch_end end,
                        unsigned limit_ms,
                        struct invocation_result *result,
                        struct invocation_failure *failure,
                        struct drill_error *error)
{
   sandbox_note_memory(sandbox);
   struct process_failure how = {.end = end, .reported = runtime_api_extension_error(sandbox->api)};
   how.status = end == WATCH_MEMORY ? sandbox_end(sandbox) : sandbox_shut_down(sandbox);
   return invocation_failure_of(&how, limit_ms, result, failure, error);
}

int
invocation_failure_of(const struct process_failure *how,
                      unsigned limit_ms,
                      struct invocation_result *result,
                      struct invocation_failure *failure,
                      struct drill_error *error)
{
   bool set = false;
   *failure = (struct invocation_failure){""};
   result->end_us = clock_now_us();
   if (how->end == WATCH_TIME) {
      result->outcome = INVOCATION_TIMED_OUT;
      set = lambda_error_set(result, "Sandbox.Timedout", "Task timed out after %.2f seconds", limit_ms / 1000.0);
      snprintf(failure->line,
               sizeof failure->line,
               "%s Task timed out after %.2f seconds",
               result->request_id,
               limit_ms / 1000.0);
   } else if (how->end == WATCH_MEMORY) {
      result->outcome = INVOCATION_OUT_OF_MEMORY;
      set = lambda_error_set(result, "Runtime.OutOfMemory", "Runtime exited with error: signal: killed");
   } else {
      char exited[100];
      char reason[120];
      lambda_exit_describe(how->status, exited, sizeof exited);
      snprintf(reason, sizeof reason, "Runtime %s", exited);
      result->outcome = INVOCATION_CRASHED;
      /* The type is that of the first error reported (AWS's emulator, rapid/exit.go). */
      set = lambda_error_set(result, how->reported != NULL ? how->reported : "Runtime.ExitError", "%s", reason);
      set_line(failure, result, reason);
   }
   return set ? 0 : invocation_out_of_memory(error);
}

int
invocation_failure_not_started(const char *reason,
                               struct invocation_result *result,
                               struct invocation_failure *failure,
                               struct drill_error *error)
{
   set_line(failure, result, reason);
   result->end_us = clock_now_us();
   bool set = lambda_error_set(result, "Runtime.InvalidEntrypoint", "%s", reason);
   return set ? 0 : invocation_out_of_memory(error);
}

void
invocation_failure_log(struct sandbox *sandbox, const struct invocation_failure *failure)
{
   if (failure->line[0] != '\0') {
      function_log_line(sandbox->root.log, "%s", failure->line);
   }
}
