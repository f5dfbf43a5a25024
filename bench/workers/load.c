/*
 * load: a provider without a platform. It hands out the given number of invocations, several at once, and each is
 * answered as soon as possible. It costs next to nothing itself, so that only the harness is measured.
 */
#include <faas_harness/provider.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct load {
   const struct faas_host *host;
   atomic_long left;
};

static enum faas_result
load_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   struct load *load = calloc(1, sizeof *load);
   if (load == NULL) {
      (void)snprintf(error->type, sizeof error->type, "Provider.OutOfMemory");
      (void)snprintf(error->message, sizeof error->message, "out of memory");
      return FAAS_ERROR;
   }
   load->host = host;
   atomic_store(&load->left, atol(host->option(host->context, "invocations")));
   *state = load;
   return FAAS_OK;
}

static enum faas_result
load_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   struct load *load = state;
   (void)error;
   if (atomic_fetch_sub(&load->left, 1) <= 0 || load->host->stop_requested(load->host->context)) {
      return FAAS_END;
   }
   invocation->id = "load";
   invocation->payload = "{}";
   invocation->payload_length = 2;
   return FAAS_OK;
}

static enum faas_result
load_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   (void)state;
   (void)invocation;
   (void)report;
   (void)length;
   (void)error;
   return FAAS_OK;
}

/* One failure ends the run, because its figures would mean something else. */
static enum faas_result
load_fail(void *state,
          const struct faas_invocation *invocation,
          const struct faas_failure *failure,
          struct faas_error *error)
{
   (void)state;
   (void)invocation;
   (void)snprintf(error->type, sizeof error->type, "Bench.InvocationFailed");
   (void)snprintf(
      error->message, sizeof error->message, "expected good invocations only, found: %.900s", failure->message);
   return FAAS_ERROR;
}

static void
load_close(void *state)
{
   free(state);
}

static const struct faas_option options[] = {{"invocations", "1000", "how many to hand out"}, {NULL, NULL, NULL}};

static const struct faas_provider load_provider = {
   .size = sizeof load_provider,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = 64,
   .threads = FAAS_THREADS_ANY,
   .name = "load",
   .version = "1.0.0",
   .description = "invocations without a platform, for the benchmark",
   .options = options,
   .open = load_open,
   .next = load_next,
   .respond = load_respond,
   .fail = load_fail,
   .close = load_close,
};

FAAS_PROVIDER_REGISTER(load_provider)
