#include "channels.h"

#include "provider_error.h"

#include <stdlib.h>
#include <string.h>

bool
channels_count(const char *max_concurrency, unsigned *count, struct faas_error *error)
{
   *count = 1;
   if (max_concurrency == NULL || max_concurrency[0] == '\0') {
      return true;
   }
   size_t digits = strspn(max_concurrency, "0123456789");
   long value = digits > 0 && digits <= 6 && max_concurrency[digits] == '\0' ? atol(max_concurrency) : 0;
   if (value < 1) {
      provider_error_set(
         error,
         "Provider.BadMaxConcurrency",
         "AWS_LAMBDA_MAX_CONCURRENCY must be a number of invocations, as Lambda sets it, found \"%.100s\"",
         max_concurrency);
      return false;
   }
   *count = value < CHANNELS_MAX ? (unsigned)value : CHANNELS_MAX;
   return true;
}

bool
channels_init(
   struct channels *channels, unsigned count, const char *host_and_port, int stop_descriptor, struct faas_error *error)
{
   (void)pthread_mutex_init(&channels->lock, NULL);
   for (channels->count = 0; channels->count < count; channels->count++) {
      struct runtime_api *api = runtime_api_new(host_and_port, stop_descriptor, error);
      if (api == NULL) {
         return false;
      }
      channels->list[channels->count] = (struct channel){.api = api};
   }
   return true;
}

void
channels_clear(struct channels *channels)
{
   for (unsigned i = 0; i < channels->count; i++) {
      runtime_api_destroy(channels->list[i].api);
   }
   channels->count = 0;
   (void)pthread_mutex_destroy(&channels->lock);
}

struct channel *
channels_take(struct channels *channels, struct faas_error *error)
{
   struct channel *taken = NULL;
   (void)pthread_mutex_lock(&channels->lock);
   for (unsigned i = 0; i < channels->count && taken == NULL; i++) {
      taken = channels->list[i].in_use ? NULL : &channels->list[i];
   }
   if (taken != NULL) {
      taken->in_use = true;
      taken->user = pthread_self();
      taken->request_id[0] = '\0';
   }
   (void)pthread_mutex_unlock(&channels->lock);
   if (taken == NULL) {
      provider_error_set(
         error, "Provider.TooManyOpen", "more than %u invocations are open or asked for at once", channels->count);
   }
   return taken;
}

void
channels_give_back(struct channels *channels, struct channel *channel)
{
   (void)pthread_mutex_lock(&channels->lock);
   channel->in_use = false;
   (void)pthread_mutex_unlock(&channels->lock);
}

void
channels_set_request_id(struct channels *channels, struct channel *channel, const char *id)
{
   (void)pthread_mutex_lock(&channels->lock);
   (void)memccpy(channel->request_id, id, '\0', sizeof channel->request_id);
   (void)pthread_mutex_unlock(&channels->lock);
}

void
channels_find_request_id(struct channels *channels, char id[NEXT_HEADERS_ID_MAX])
{
   id[0] = '\0';
   (void)pthread_mutex_lock(&channels->lock);
   for (unsigned i = 0; i < channels->count; i++) {
      const struct channel *channel = &channels->list[i];
      if (channel->in_use && (channels->count == 1 || pthread_equal(channel->user, pthread_self()))) {
         (void)memccpy(id, channel->request_id, '\0', NEXT_HEADERS_ID_MAX);
      }
   }
   (void)pthread_mutex_unlock(&channels->lock);
}
