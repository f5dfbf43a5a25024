/* A provider that hands out one event and prints its answer. Each variant breaks one rule of the ABI; CMakeLists.txt
 * defines the variant's name as a macro. */
#include <faas_harness/provider.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct faas_host *host;
static int asked;

static enum faas_result
refuse(struct faas_error *error, const char *what)
{
#if !defined(SILENT_ERROR)
   snprintf(error->type, sizeof error->type, "%s", "Test.Refused");
   snprintf(error->message, sizeof error->message, "expected to be broken, found so in %s", what);
#else
   (void)error;
   (void)what;
#endif
   return FAAS_ERROR;
}

#if defined(OPEN_JUNK) || defined(NEXT_JUNK) || defined(RESPOND_JUNK)
/* A value that enum faas_result does not have, as a provider in another language may return. */
static enum faas_result
junk(void)
{
   int value = 77;
   enum faas_result result;
   memcpy(&result, &value, sizeof result);
   return result;
}
#endif

#if defined(HOST_SERVICES)
/* Calls every service of the host as a careless provider would, and prints the results on one line. */
static void
use_services(void)
{
   char *memory = host->allocate(host->context, 100);
   const char *option = host->option(host->context, "color");
   const char *given = host->option(host->context, "size");
   const char *none = host->option(host->context, "plain");
   const char *unknown = host->option(host->context, "unknown");

   memset(memory, 'x', 100);
   host->release(host->context, memory);
   host->release(host->context, NULL);
   host->log(host->context, FAAS_LOG_WARNING, "a line of the provider's");
   host->log(host->context, FAAS_LOG_WARNING, "two\nlines and 100% of a format %s%n");
   host->log(host->context, FAAS_LOG_DEBUG, "not to be seen");
   printf("{\"size\": %d, \"abi\": %u, \"version\": \"%s\", \"color\": \"%s\", \"given\": \"%s\", \"plain\": %s, "
          "\"unknown\": %s, \"stop\": %s, \"descriptor\": %d}\n",
          host->size >= sizeof *host,
          host->abi_version,
          host->harness_version,
          option,
          given,
          none ? "\"set\"" : "null",
          unknown ? "\"set\"" : "null",
          host->stop_requested(host->context) ? "true" : "false",
          host->stop_descriptor(host->context) >= 0);
   fflush(stdout);
}
#endif

static enum faas_result
provider_open(const struct faas_host *given_host, void **state, struct faas_error *error)
{
   host = given_host;
   *state = NULL;
   (void)error;
#if defined(OPEN_FAILS) || defined(SILENT_ERROR)
   return refuse(error, "open");
#elif defined(OPEN_JUNK)
   return junk();
#else
#if defined(HOST_SERVICES)
   use_services();
#endif
   return FAAS_OK;
#endif
}

static enum faas_result
provider_next(void *state, struct faas_invocation *invocation, struct faas_error *error)
{
   static const struct faas_attribute ATTRIBUTES[] = {{"trace_id", "Root=1-2-3"}, {NULL, NULL}};

   (void)state;
   (void)error;
   if (asked++ > 0) {
      return FAAS_END;
   }
#if defined(NEXT_FAILS)
   return refuse(error, "next");
#elif defined(NEXT_JUNK)
   return junk();
#elif defined(NEXT_REJECTS)
   (void)refuse(error, "an event");
   return FAAS_REJECTED;
#endif
   invocation->id = "test-1";
   invocation->payload = "{\"event\": 1} and bytes that are not the event's";
   invocation->payload_length = 12;
   invocation->deadline_unix_ms = FAAS_NO_DEADLINE;
   invocation->attributes = ATTRIBUTES;
   invocation->attribute_count = 1;
#if defined(NEXT_NULL_ID)
   invocation->id = NULL;
#elif defined(NEXT_EMPTY_ID)
   invocation->id = "";
#elif defined(NEXT_NULL_PAYLOAD)
   invocation->payload = NULL;
#elif defined(NEXT_DEADLINE_OVER)
   invocation->deadline_unix_ms = 1;
#elif defined(NEXT_DEADLINE_FAR)
   invocation->deadline_unix_ms = INT64_MAX - 1;
#elif defined(NEXT_DEADLINE_SOON)
   struct timespec now;
   timespec_get(&now, TIME_UTC);
   invocation->deadline_unix_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 2000;
#endif
   return FAAS_OK;
}

static enum faas_result
provider_respond(
   void *state, const struct faas_invocation *invocation, const char *report, size_t length, struct faas_error *error)
{
   (void)state;
   (void)invocation;
   (void)error;
#if defined(RESPOND_FAILS)
   return refuse(error, "respond");
#elif defined(RESPOND_JUNK)
   return junk();
#endif
   printf("%.*s\n", (int)length, report);
   return fflush(stdout) == 0 ? FAAS_OK : refuse(error, "stdout");
}

static enum faas_result
provider_fail(void *state,
              const struct faas_invocation *invocation,
              const struct faas_failure *failure,
              struct faas_error *error)
{
#if defined(FAIL_FAILS)
   (void)state;
   (void)invocation;
   (void)failure;
   return refuse(error, "fail");
#else
   return provider_respond(state, invocation, failure->report, failure->report_length, error);
#endif
}

static enum faas_result
init_failed(void *state, const struct faas_failure *failure, struct faas_error *error)
{
   (void)state;
   (void)error;
   fprintf(stderr, "provider: init_failed %s, %s\n", failure->type, failure->report ? "report" : "no report");
   return FAAS_OK;
}

static void
provider_close(void *state)
{
   (void)state;
   fprintf(stderr, "provider: close\n");
}

static const struct faas_option OPTIONS[] = {
   {"color", "red", "color of the provider"},
   {"size", NULL, "size of the provider"},
   {"plain", NULL, "an option without a default"},
   {NULL, NULL, NULL},
};

/* A struct of a future version: this one's members, then more. */
static struct {
   struct faas_provider known;
   void (*unknown[8])(void);
} provider = {
   .known =
      {
         .size = sizeof(struct faas_provider),
         .abi_version = FAAS_PROVIDER_ABI_VERSION,
         .max_open_invocations = 1,
         .name = "test",
         .version = "1.2.3",
         .description = "a provider of the tests",
         .options = OPTIONS,
         .open = provider_open,
         .next = provider_next,
         .respond = provider_respond,
         .fail = provider_fail,
         .init_failed = init_failed,
         .close = provider_close,
      },
};

#if defined(UNDEFINED_SYMBOL)
void faas_symbol_that_nobody_has(void);
#endif

#if defined(NO_INIT_FUNCTION)
#define faas_provider_init faas_provider_initialise
#endif
FAAS_PROVIDER_EXPORT const struct faas_provider *faas_provider_init(void);

const struct faas_provider *
faas_provider_init(void)
{
   struct faas_provider *known = &provider.known;

#if defined(LONGER)
   known->size = sizeof provider;
   memset(provider.unknown, 0x5a, sizeof provider.unknown);
#elif defined(WITHOUT_OPTIONAL)
   known->size = offsetof(struct faas_provider, init_failed);
   known->options = NULL;
   memset(&known->init_failed, 0x5a, sizeof *known - known->size);
#elif defined(HALF_A_POINTER)
   known->size = offsetof(struct faas_provider, close) + sizeof(void *) / 2;
#elif defined(TOO_NEW)
   known->abi_version = FAAS_PROVIDER_ABI_VERSION + 1;
#elif defined(TOO_OLD)
   known->abi_version = 0;
#elif defined(TOO_SHORT)
   known->size = offsetof(struct faas_provider, respond);
#elif defined(EMPTY_NAME)
   known->name = "";
#elif defined(NO_MEMBERS)
   memset(&known->name, 0, sizeof *known - offsetof(struct faas_provider, name));
#elif defined(NULL_STRUCT)
   return NULL;
#elif defined(UNDEFINED_SYMBOL)
   faas_symbol_that_nobody_has();
#endif
   return known;
}
