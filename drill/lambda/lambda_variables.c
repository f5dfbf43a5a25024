#include "lambda_variables.h"

#include <time.h>

#define REGION "us-east-1"

/* https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime; the values are
 * those that a function on provided.al2023 sees. AWS_EXECUTION_ENV is not set there. The keys are not real. */
static const char *const fixed[] = {
   "AWS_ACCESS_KEY_ID=AKIANOTAKEYDRILL0000",
   "AWS_SECRET_ACCESS_KEY=not-a-secret-of-the-drill",
   "AWS_SESSION_TOKEN=not-a-token-of-the-drill",
   "AWS_REGION=" REGION,
   "AWS_DEFAULT_REGION=" REGION,
   "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
   "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
   "AWS_XRAY_CONTEXT_MISSING=LOG_ERROR",
   "AWS_XRAY_DAEMON_ADDRESS=169.254.79.129:2000",
   "_AWS_XRAY_DAEMON_ADDRESS=169.254.79.129",
   "_AWS_XRAY_DAEMON_PORT=2000",
   "LAMBDA_RUNTIME_DIR=/var/runtime",
   "LANG=en_US.UTF-8",
   "TZ=:UTC",
   "PATH=/usr/local/bin:/usr/bin/:/bin:/opt/bin",
   "LD_LIBRARY_PATH=/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
   /* Not from Lambda, which has no /dev/shm. libmongoc keeps a file there, named by its process number, and would leave
    * it behind here, because functions always end by a kill. */
   "MONGOC_DISABLE_SHM=1",
};

static void
set_own(struct variable_list *list, const struct sandbox *sandbox, unsigned api_port)
{
   const struct function_config *config = sandbox->config;
   for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
      variable_list_set(list, "%s", fixed[i]);
   }
   time_t now = time(NULL);
   struct tm day;
   gmtime_r(&now, &day);
   char date[32];
   strftime(date, sizeof date, "%Y/%m/%d", &day);
   if (sandbox->snapshot == SNAPSHOT_DUE) {
      variable_list_set(list, "%s", "AWS_LAMBDA_INITIALIZATION_TYPE=snap-start");
   }
   if (sandbox->provisioned) {
      variable_list_set(list, "%s", "AWS_LAMBDA_INITIALIZATION_TYPE=provisioned-concurrency");
   }
   variable_list_set(list, "_HANDLER=%s", config->handler);
   variable_list_set(list, "LAMBDA_TASK_ROOT=%s", sandbox->root.launch.task_root);
   variable_list_set(list, "AWS_LAMBDA_FUNCTION_NAME=%s", config->function_name);
   variable_list_set(list, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%u", config->memory_mb);
   variable_list_set(list, "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/%s", config->function_name);
   variable_list_set(list, "AWS_LAMBDA_LOG_STREAM_NAME=%s/[$LATEST]%032x", date, (unsigned)sandbox->instance);
   if (config->concurrency > 1) {
      variable_list_set(list, "AWS_LAMBDA_INITIALIZATION_TYPE=lambda-managed-instances");
      variable_list_set(list, "AWS_LAMBDA_MAX_CONCURRENCY=%u", config->concurrency);
   }
   variable_list_set(list, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%u", api_port);
}

bool
lambda_variables_init(struct variable_list *list, const struct sandbox *sandbox, unsigned api_port)
{
   *list = (struct variable_list){0};
   set_own(list, sandbox, api_port);
   variable_list_add(list, sandbox->config->variables);
   return !list->failed;
}
