#include "faas_env.h"

#include "provider_error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VARIABLES = 5 };

struct variable {
   const char *name;
   const char *value;
};

struct platform {
   const char *name;
   struct variable variables[MAX_VARIABLES + 1];
};

/* AWS_EXECUTION_ENV is missing here because provided.al2023 does not set it. libmongoc recognises Google's platform
 * only by K_SERVICE, though the specification also names FUNCTION_NAME. */
static const struct platform PLATFORMS[] = {
   {"aws.lambda",
    {{"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"},
     {"AWS_REGION", "us-east-1"},
     {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"}}},
   {"azure.func", {{"FUNCTIONS_WORKER_RUNTIME", "custom"}}},
   {"gcp.func",
    {{"K_SERVICE", "faas-harness"},
     {"FUNCTION_NAME", "faas-harness"},
     {"FUNCTION_MEMORY_MB", "256"},
     {"FUNCTION_TIMEOUT_SEC", "60"},
     {"FUNCTION_REGION", "us-central1"}}},
   {"vercel", {{"VERCEL", "1"}, {"VERCEL_REGION", "iad1"}}},
   {"none", {{NULL, NULL}}},
};

static const struct {
   const char *variable;
   const char *platform;
} TRIGGERS[] = {
   {"AWS_EXECUTION_ENV", "aws.lambda"},
   {"AWS_LAMBDA_RUNTIME_API", "aws.lambda"},
   {"FUNCTIONS_WORKER_RUNTIME", "azure.func"},
   {"K_SERVICE", "gcp.func"},
   {"FUNCTION_NAME", "gcp.func"},
   {"VERCEL", "vercel"},
};

static const struct platform *
find_platform(const char *name)
{
   for (size_t i = 0; i < sizeof PLATFORMS / sizeof PLATFORMS[0]; i++) {
      if (strcmp(PLATFORMS[i].name, name) == 0) {
         return &PLATFORMS[i];
      }
   }
   return NULL;
}

static void
unset_others(const char *platform)
{
   for (size_t i = 0; i < sizeof TRIGGERS / sizeof TRIGGERS[0]; i++) {
      if (strcmp(TRIGGERS[i].platform, platform) != 0) {
         unsetenv(TRIGGERS[i].variable);
      }
   }
}

static bool
set_missing(const struct variable *variable)
{
   const char *present = getenv(variable->name);

   return (present && *present != '\0') || setenv(variable->name, variable->value, 1) == 0;
}

enum faas_result
faas_env_apply(const char *name, struct faas_error *error)
{
   const struct platform *platform = find_platform(name);

   if (!platform) {
      provider_error_set(
         error, "Provider.BadOption", "option faas_env: expected one of " FAAS_ENV_NAMES ", found '%.100s'", name);
      return FAAS_ERROR;
   }
   unset_others(platform->name);
   for (const struct variable *variable = platform->variables; variable->name; variable++) {
      if (!set_missing(variable)) {
         provider_error_set(error, "Provider.OutOfMemory", "option faas_env: out of memory to set %s", variable->name);
         return FAAS_ERROR;
      }
   }
   return FAAS_OK;
}
