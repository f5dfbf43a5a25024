#include "handshake_env.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[HANDSHAKE_ENV_FIELDS] = {[HANDSHAKE_ENV_NAME] = "name",
                                                        [HANDSHAKE_ENV_TIMEOUT_SEC] = "timeout_sec",
                                                        [HANDSHAKE_ENV_MEMORY_MB] = "memory_mb",
                                                        [HANDSHAKE_ENV_REGION] = "region",
                                                        [HANDSHAKE_ENV_CONTAINER] = "container"};

const char *
handshake_env_field_name(enum handshake_env_field field)
{
   return names[field];
}

static bool
is_set(const char *name)
{
   const char *value = getenv(name);
   return value != NULL && value[0] != '\0';
}

static bool
is_aws(void)
{
   const char *execution = getenv("AWS_EXECUTION_ENV");
   return is_set("AWS_LAMBDA_RUNTIME_API") || (execution != NULL && strncmp(execution, "AWS_Lambda_", 11) == 0);
}

static const char *
platform_name(void)
{
   bool vercel = is_set("VERCEL");
   bool aws = is_aws() && !vercel; /* Vercel runs on Lambda and takes precedence over it */
   bool azure = is_set("FUNCTIONS_WORKER_RUNTIME");
   bool gcp = is_set("K_SERVICE") || is_set("FUNCTION_NAME");
   if ((int)vercel + (int)aws + (int)azure + (int)gcp != 1) {
      return "";
   }
   return vercel ? "vercel" : aws ? "aws.lambda" : azure ? "azure.func" : "gcp.func";
}

/* A string in BSON: type, name, length, text with its NUL. */
static size_t
text_bytes(const char *name, const char *text)
{
   return 1 + strlen(name) + 1 + 4 + strlen(text) + 1;
}

/* Returns 0 when the variable holds no int32: the field must then be left out. */
static size_t
number_bytes(enum handshake_env_field field, const char *variable)
{
   const char *text = getenv(variable);
   char *end = NULL;
   if (text == NULL || text[0] == '\0') {
      return 0;
   }
   errno = 0;
   long value = strtol(text, &end, 10);
   bool good = errno == 0 && *end == '\0' && value >= INT_MIN && value <= INT_MAX;
   return good ? 1 + strlen(names[field]) + 1 + 4 : 0;
}

static void
ask_for(struct handshake_env *env, const char *region, const char *memory_mb, const char *timeout_sec)
{
   if (is_set(region)) {
      env->bytes[HANDSHAKE_ENV_REGION] = text_bytes("region", getenv(region));
   }
   if (memory_mb != NULL) {
      env->bytes[HANDSHAKE_ENV_MEMORY_MB] = number_bytes(HANDSHAKE_ENV_MEMORY_MB, memory_mb);
   }
   if (timeout_sec != NULL) {
      env->bytes[HANDSHAKE_ENV_TIMEOUT_SEC] = number_bytes(HANDSHAKE_ENV_TIMEOUT_SEC, timeout_sec);
   }
}

/* The specification's "Container". */
static size_t
container_bytes(void)
{
   bool docker = access("/.dockerenv", F_OK) == 0;
   bool kubernetes = is_set("KUBERNETES_SERVICE_HOST");
   if (!docker && !kubernetes) {
      return 0;
   }
   return 1 + sizeof "container" + 4 + (docker ? text_bytes("runtime", "docker") : 0) +
          (kubernetes ? text_bytes("orchestrator", "kubernetes") : 0) + 1;
}

struct handshake_env
handshake_env_expected(bool with_container)
{
   struct handshake_env env = {.name = platform_name()};
   if (env.name[0] == '\0') {
      return env;
   }
   env.bytes[HANDSHAKE_ENV_NAME] = text_bytes("name", env.name);
   env.bytes[HANDSHAKE_ENV_CONTAINER] = with_container ? container_bytes() : 0;
   if (strcmp(env.name, "aws.lambda") == 0) {
      ask_for(&env, "AWS_REGION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", NULL);
   } else if (strcmp(env.name, "gcp.func") == 0) {
      ask_for(&env, "FUNCTION_REGION", "FUNCTION_MEMORY_MB", "FUNCTION_TIMEOUT_SEC");
   } else if (strcmp(env.name, "vercel") == 0) {
      ask_for(&env, "VERCEL_REGION", NULL, NULL);
   }
   return env;
}
