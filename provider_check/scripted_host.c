#include "scripted_host.h"

#include "loader.h"
#include "version.h"
#include "words.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static _Thread_local bool in_format_log;

static struct scripted_host *the_host; /* the right context, to tell a wrong one from it */

static bool
is_right(void *context, const char *service)
{
   struct scripted_host *host = the_host;
   record_judged(host->record, RULE_HOST);
   if (context != host) {
      record_violation(host->record, RULE_HOST, "%s was called with a context that is not the host's", service);
      return false;
   }
   if (atomic_load(&host->closed)) {
      record_violation(host->record, RULE_HOST, "%s was called after close returned", service);
      return false;
   }
   return true;
}

static void
judge_line(struct scripted_host *host, enum faas_log_level level, const char *message)
{
   record_judged(host->record, RULE_LOG);
   if ((int)level < FAAS_LOG_DEBUG || (int)level > FAAS_LOG_ERROR) {
      record_violation(host->record, RULE_LOG, "the level must be one of enum faas_log_level, found %d", (int)level);
   }
   const char *fault = words_string_fault(message);
   if (fault != NULL) {
      record_violation(host->record,
                       RULE_LOG,
                       "the message must be one line of UTF-8, found %s%s%.80s%s",
                       fault,
                       message == NULL ? "" : ": \"",
                       message == NULL ? "" : message,
                       message == NULL ? "" : "\"");
   }
   if (in_format_log) {
      record_violation(host->record, RULE_FORMAT_LOG, "format_log logged a line");
   }
}

static void
host_log(void *context, enum faas_log_level level, const char *message)
{
   if (is_right(context, "log")) {
      judge_line(context, level, message);
   }
}

static void *
host_allocate(void *context, size_t size)
{
   if (!is_right(context, "allocate")) {
      return NULL;
   }
   struct scripted_host *host = context;
   void *memory = NULL;
   (void)pthread_mutex_lock(&host->lock);
   host->calls++;
   if (host->calls != host->failing && host->block_count < HOST_BLOCKS_MAX) {
      memory = malloc(size == 0 ? 1 : size);
      if (memory != NULL) {
         memset(memory, 0xA5, size);
         host->blocks[host->block_count++] = memory;
      }
   }
   (void)pthread_mutex_unlock(&host->lock);
   return memory;
}

static bool
take_block(struct scripted_host *host, const void *memory)
{
   bool found = false;
   (void)pthread_mutex_lock(&host->lock);
   for (unsigned i = host->block_count; i > 0 && !found; i--) {
      if (host->blocks[i - 1] == memory) {
         host->blocks[i - 1] = host->blocks[--host->block_count];
         found = true;
      }
   }
   (void)pthread_mutex_unlock(&host->lock);
   return found;
}

static void
host_release(void *context, void *memory)
{
   if (!is_right(context, "release") || memory == NULL) {
      return;
   }
   struct scripted_host *host = context;
   if (take_block(host, memory)) {
      free(memory);
   } else {
      record_violation(
         host->record, RULE_HOST, "release was called with a pointer that allocate did not return, or twice");
   }
}

static bool
host_stop_requested(void *context)
{
   return is_right(context, "stop_requested") && atomic_load(&((struct scripted_host *)context)->stop);
}

static int
host_stop_descriptor(void *context)
{
   return is_right(context, "stop_descriptor") ? ((struct scripted_host *)context)->stop_descriptor : -1;
}

static const char *
given_value(const struct scripted_host *host, const char *name)
{
   if (host->odd_option != NULL && strcmp(host->odd_option, name) == 0) {
      return host->odd_value;
   }
   for (size_t i = host->settings->option_count; i > 0; i--) {
      if (strcmp(host->settings->options[i - 1].name, name) == 0) {
         return host->settings->options[i - 1].value;
      }
   }
   return NULL;
}

static const char *
host_option(void *context, const char *name)
{
   if (!is_right(context, "option")) {
      return NULL;
   }
   const struct scripted_host *host = context;
   record_judged(host->record, RULE_OPTIONS);
   if (name == NULL) {
      record_violation(host->record, RULE_OPTIONS, "option was called with NULL instead of a name");
      return NULL;
   }
   const struct faas_option *known = loader_find_option(host->provider, name);
   if (known == NULL) {
      record_violation(host->record,
                       RULE_OPTIONS,
                       "asked for the option \"%.60s\", which is not in its list, so no user can set it",
                       name);
      return NULL;
   }
   const char *value = given_value(host, name);
   return value == NULL ? known->default_value : value;
}

static bool
host_restored(void *context, struct faas_error *error)
{
   (void)error;
   return is_right(context, "restored");
}

struct scripted_host *
scripted_host_new(struct record *record, const struct settings *settings, const struct faas_provider *provider)
{
   struct scripted_host *host = calloc(1, sizeof *host);
   if (host == NULL) {
      return NULL;
   }
   host->stop_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   if (host->stop_descriptor < 0) {
      free(host);
      return NULL;
   }
   host->record = record;
   host->settings = settings;
   host->provider = provider;
   (void)pthread_mutex_init(&host->lock, NULL);
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
   memcpy(&host->as_given, &host->services, sizeof host->services);
   the_host = host;
   return host;
}

void
scripted_host_destroy(struct scripted_host *host)
{
   if (host != NULL) {
      (void)close(host->stop_descriptor);
      (void)pthread_mutex_destroy(&host->lock);
      free(host);
   }
}

void
scripted_host_request_stop(struct scripted_host *host)
{
   host->record->stop_requested = true;
   atomic_store(&host->stop, true);
   (void)eventfd_write(host->stop_descriptor, 1);
}

static void
judge_stop_descriptor(const struct scripted_host *host)
{
   struct pollfd wait = {.fd = host->stop_descriptor, .events = POLLIN};
   bool readable = poll(&wait, 1, 0) == 1 && (wait.revents & POLLIN) != 0;
   /* A closed descriptor shows when the descriptors are compared. */
   if ((wait.revents & POLLNVAL) == 0 && atomic_load(&host->stop) && !readable) {
      record_violation(host->record, RULE_HOST, "the stop descriptor was read");
   }
}

void
scripted_host_end(struct scripted_host *host)
{
   atomic_store(&host->closed, true);
   record_judged(host->record, RULE_HOST);
   record_judged(host->record, RULE_BOUNDS);
   judge_stop_descriptor(host);
   if (memcmp(&host->as_given, &host->services, sizeof host->services) != 0) {
      record_violation(host->record, RULE_BOUNDS, "struct faas_host was written to");
   }
   record_judged(host->record, RULE_MEMORY);
   if (host->block_count > 0) {
      record_violation(host->record, RULE_MEMORY, "%u blocks from allocate were not released", host->block_count);
   }
}

void
scripted_host_enter_format_log(void)
{
   in_format_log = true;
}

void
scripted_host_leave_format_log(void)
{
   in_format_log = false;
}
