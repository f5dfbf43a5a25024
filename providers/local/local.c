/*
 * local.c: the provider "local": reads events from stdin and writes answers to stdout.
 */
#include "answer.h"
#include "event_source.h"
#include "faas_env.h"
#include "provider_error.h"
#include "provider_number.h"

#include <faas_harness/provider.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Lambda's limit for the payload of a synchronous invocation. */
#define DEFAULT_MAX_EVENT_BYTES "6291456"

enum { LARGEST_MAX_EVENT_BYTES = 1024 * 1024 * 1024 };

struct local {
   struct event_source *source;
   uint64_t invocations;
   char id[32];
};

static void
local_close(void *state)
{
   struct local *local = state;

   if (local) {
      event_source_destroy(local->source);
      free(local);
   }
}

static enum faas_result
local_open(const struct faas_host *host, void **state, struct faas_error *error)
{
   struct local *local;
   unsigned max_event_bytes;

   if (provider_option_number(host, "max_event_bytes", 1, LARGEST_MAX_EVENT_BYTES, &max_event_bytes, error) !=
          FAAS_OK ||
       faas_env_apply(host->option(host->context, "faas_env"), error) != FAAS_OK) {
      return FAAS_ERROR;
   }
   local = calloc(1, sizeof *local);
   if (local) {
      local->source = event_source_new(STDIN_FILENO, max_event_bytes, host);
   }
   if (!local || !local->source) {
      local_close(local);
      provider_error_set(error, "Provider.OutOfMemory", "out of memory to read events");
      return FAAS_ERROR;
   }
   *state = local;
   return FAAS_OK;
}

static enum faas_result
reject(const struct faas_error *reason, struct faas_error *error)
{
   struct faas_error not_written;

   if (answer_with_error(STDOUT_FILENO, reason->type, reason->message, &not_written) != FAAS_OK) {
      *error = not_written;
      return FAAS_ERROR;
   }
   return FAAS_REJECTED;
}

static enum faas_result
local_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   struct local *local = state;
   struct provider_bytes event;
   enum faas_result result = event_source_next(local->source, &event, error);

   if (result == FAAS_REJECTED) {
      return reject(error, error);
   }
   if (result != FAAS_OK) {
      return result;
   }
   local->invocations++;
   snprintf(local->id, sizeof local->id, "local-%" PRIu64, local->invocations);
   invocation->id = local->id;
   invocation->payload = event.bytes;
   invocation->payload_length = event.length;
   invocation->deadline_unix_ms = FAAS_NO_DEADLINE;
   invocation->attributes = NULL;
   invocation->attribute_count = 0;
   return FAAS_OK;
}

static enum faas_result
local_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   (void)state;
   (void)invocation;
   return answer_with_report(STDOUT_FILENO, report, length, error);
}

static enum faas_result
local_fail(void *state,
           const struct faas_invocation *invocation,
           const struct faas_failure *failure,
           struct faas_error *error)
{
   (void)state;
   (void)invocation;
   /* A report includes the error. */
   return failure->report ? answer_with_report(STDOUT_FILENO, failure->report, failure->report_length, error)
                          : answer_with_error(STDOUT_FILENO, failure->type, failure->message, error);
}

static const struct faas_option OPTIONS[] = {
   {"faas_env", FAAS_ENV_DEFAULT, "platform that the driver sees in its environment: " FAAS_ENV_NAMES},
   {"max_event_bytes", DEFAULT_MAX_EVENT_BYTES, "largest event accepted; a larger one is answered with Event.TooLarge"},
   {NULL, NULL, NULL},
};

static const struct faas_provider LOCAL = {
   .size = sizeof LOCAL,
   .abi_version = FAAS_PROVIDER_ABI_VERSION,
   .max_open_invocations = 1,
   .name = "local",
   .version = FAAS_PROVIDER_VERSION,
   .description = "JSON events from stdin, one report per line to stdout",
   .options = OPTIONS,
   .open = local_open,
   .next = local_next,
   .respond = local_respond,
   .fail = local_fail,
   .close = local_close,
};

FAAS_PROVIDER_REGISTER(LOCAL)
