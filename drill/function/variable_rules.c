#include "variable_rules.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The reserved names from
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime. A function may
 * change PATH, LANG, TZ and others that Lambda also sets. */
static const char *const reserved[] = {"_HANDLER",
                                       "_X_AMZN_TRACE_ID",
                                       "AWS_ACCESS_KEY",
                                       "AWS_ACCESS_KEY_ID",
                                       "AWS_DEFAULT_REGION",
                                       "AWS_EXECUTION_ENV",
                                       "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                       "AWS_LAMBDA_FUNCTION_NAME",
                                       "AWS_LAMBDA_FUNCTION_VERSION",
                                       "AWS_LAMBDA_INITIALIZATION_TYPE",
                                       "AWS_LAMBDA_LOG_GROUP_NAME",
                                       "AWS_LAMBDA_LOG_STREAM_NAME",
                                       "AWS_LAMBDA_RUNTIME_API",
                                       "AWS_REGION",
                                       "AWS_SECRET_ACCESS_KEY",
                                       "AWS_SESSION_TOKEN",
                                       "LAMBDA_RUNTIME_DIR",
                                       "LAMBDA_TASK_ROOT"};

static bool
is_reserved(const char *name, size_t length)
{
   for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
      if (strlen(reserved[i]) == length && strncmp(reserved[i], name, length) == 0) {
         return true;
      }
   }
   return false;
}

bool
variable_rules_accept_name(const char *option, const char *name, size_t length, struct drill_error *error)
{
   if (is_reserved(name, length)) {
      return drill_error_false(
         error, "%s %.*s: Lambda reserves this name and sets it itself", option, (int)length, name);
   }
   size_t good = strspn(name, LETTERS "0123456789_");
   good = good < length ? good : length;
   if (length < 2 || strspn(name, LETTERS) == 0 || good != length) {
      /* Does not show the rest: it may be a connection string that was meant for another option. */
      return drill_error_false(
         error,
         "%s %.*s%s: Lambda refuses this name: it must begin with a letter, and have at least two "
         "characters, all of them letters, digits or underscores",
         option,
         good > 100 ? 100 : (int)good,
         name,
         good == length ? "" : "…");
   }
   return true;
}

bool
variable_rules_accept(const char *variable, struct drill_error *error)
{
   size_t length = strcspn(variable, "=");
   if (variable[length] == '\0' || length == 0) {
      return drill_error_false(error, "--env takes NAME=VALUE");
   }
   return variable_rules_accept_name("--env", variable, length, error);
}

bool
variable_rules_fit(const char *const *variables, size_t count, struct drill_error *error)
{
   size_t bytes = 0;
   for (size_t i = 0; i < count; i++) {
      bytes += strlen(variables[i]) - 1; /* without = */
   }
   if (bytes > VARIABLE_RULES_BYTES_MAX) {
      return drill_error_false(error,
                               "--env: %zu bytes of names and values; Lambda takes at most %d for a function",
                               bytes,
                               VARIABLE_RULES_BYTES_MAX);
   }
   return true;
}
