#include "host.h"

#include "error.h"
#include "loader.h"
#include "log.h"
#include "stop.h"
#include "version.h"

#include <stdlib.h>
#include <string.h>

static void
host_log(void *context, enum faas_log_level level, const char *message)
{
   const struct host *host = context;
   log_line(level, host->provider->name, "%s", message == NULL ? "" : message);
}

static void *
host_allocate(void *context, size_t size)
{
   (void)context;
   return malloc(size);
}

static void
host_release(void *context, void *memory)
{
   (void)context;
   free(memory);
}

static bool
host_stop_requested(void *context)
{
   (void)context;
   return stop_requested();
}

static int
host_stop_descriptor(void *context)
{
   (void)context;
   return stop_descriptor();
}

static const char *
host_option(void *context, const char *name)
{
   const struct host *host = context;
   for (size_t i = host->options->provider_option_count; i > 0; i--) {
      if (strcmp(host->options->provider_options[i - 1].name, name) == 0) {
         return host->options->provider_options[i - 1].value;
      }
   }
   const struct faas_option *known = loader_find_option(host->provider, name);
   return known == NULL ? NULL : known->default_value;
}

/* The client is kept: how the driver recovers from its dead connections is what the test is about. */
static bool
host_restored(void *context, struct faas_error *error)
{
   struct host *host = context;
   (void)error;
   snapshot_set_restored(&host->snapshot);
   return true;
}

void
host_init(struct host *host, const struct faas_provider *provider, const struct options *options)
{
   host->provider = provider;
   host->options = options;
   snapshot_init(&host->snapshot);
   host->services = (struct faas_host){.size = sizeof host->services,
                                       .abi_version = FAAS_PROVIDER_ABI_VERSION,
                                       .context = host,
                                       .harness_version = FAAS_HARNESS_VERSION,
                                       .log = host_log,
                                       .allocate = host_allocate,
                                       .release = host_release,
                                       .stop_requested = host_stop_requested,
                                       .stop_descriptor = host_stop_descriptor,
                                       .option = host_option,
                                       .restored = host_restored};
}

bool
host_check_options(const struct host *host, struct faas_error *error)
{
   for (size_t i = 0; i < host->options->provider_option_count; i++) {
      const char *name = host->options->provider_options[i].name;
      if (loader_find_option(host->provider, name) == NULL) {
         faas_error_set(error,
                        "Harness.BadOption",
                        "--option %.60s: provider %s has no such option (see --describe-provider %s)",
                        name,
                        host->provider->name,
                        host->provider->name);
         return false;
      }
   }
   return true;
}
