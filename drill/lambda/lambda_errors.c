#include "lambda_errors.h"

#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
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
