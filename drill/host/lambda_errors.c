#include "lambda_errors.h"

#include <cJSON.h>
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
   snprintf(result->error_type, sizeof result->error_type, "%s", type);
   free(result->payload);
   result->payload = NULL;
   cJSON *payload = cJSON_CreateObject();
   if (cJSON_AddStringToObject(payload, "errorType", type) != NULL &&
       cJSON_AddStringToObject(payload, "errorMessage", message) != NULL) {
      result->payload = cJSON_PrintUnformatted(payload);
   }
   cJSON_Delete(payload);
   result->payload_length = result->payload != NULL ? strlen(result->payload) : 0;
   return result->payload != NULL;
}

/* As Go's os package names them, whose words Lambda shows. */
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
