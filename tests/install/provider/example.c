/* A complete provider: one event, its answer on stdout. */
#include <faas_harness/provider.h>

#include <stdio.h>

static enum faas_result
example_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   static int done;

   (void)error;
   host->log(host->context, FAAS_LOG_INFO, "example is open");
   done = 0;
   *state = &done;
   return FAAS_OK;
}

static enum faas_result
example_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   int *done = state;

   (void)error;
   if ((*done)++) {
      return FAAS_END;
   }
   invocation->id = "example-1";
   invocation->payload = "{\"from\": \"example\"}";
   invocation->payload_length = 19;
   invocation->deadline_unix_ms = FAAS_NO_DEADLINE;
   return FAAS_OK;
}

static enum faas_result
example_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   (void)state;
   (void)invocation;
   (void)error;
   printf("%.*s\n", (int)length, report);
   return fflush(stdout) == 0 ? FAAS_OK : FAAS_ERROR;
}

static enum faas_result
example_fail(void *state,
             const struct faas_invocation *invocation,
             const struct faas_failure *failure,
             struct faas_error *error)
{
   return example_respond(state, invocation, failure->report, failure->report_length, error);
}

static const struct faas_provider EXAMPLE = {
   .size = sizeof EXAMPLE,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = 1,
   .name = "example",
   .version = "1.0.0",
   .description = "one event, answered on stdout",
   .open = example_open,
   .next = example_next,
   .respond = example_respond,
   .fail = example_fail,
};

FAAS_PROVIDER_REGISTER(EXAMPLE)
