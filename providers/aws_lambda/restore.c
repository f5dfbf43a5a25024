#include "restore.h"

#include <string.h>

void
restore_init(struct restore *restore, const char *initialization_type)
{
   bool due = initialization_type != NULL && strcmp(initialization_type, "snap-start") == 0;
   (void)pthread_mutex_init(&restore->lock, NULL);
   restore->state = due ? RESTORE_DUE : RESTORE_SETTLED;
}

void
restore_clear(struct restore *restore)
{
   (void)pthread_mutex_destroy(&restore->lock);
}

static void
tell_platform(struct channel *channel, const struct faas_host *host, bool is_restored, const struct faas_error *why)
{
   struct faas_error refusal = {0};
   const struct faas_failure failure = {.size = sizeof failure,
                                        .type =
                                           is_restored ? RESTORE_AFTER_RESTORE_ERROR : RESTORE_BEFORE_SNAPSHOT_ERROR,
                                        .message = why->message};
   enum runtime_api_result result = is_restored ? runtime_api_restore_failed(channel->api, &failure, &refusal)
                                                : runtime_api_init_failed(channel->api, &failure, &refusal);
   if (result != RUNTIME_API_OK) {
      host->log(host->context, FAAS_LOG_ERROR, refusal.message);
   }
}

static enum faas_result
ask(struct channel *channel, const struct faas_host *host, struct faas_error *error)
{
   enum runtime_api_result result = runtime_api_restore_next(channel->api, error);
   if (result == RUNTIME_API_STOPPED) {
      return FAAS_END;
   }
   bool is_restored = result == RUNTIME_API_OK || strcmp(error->type, RUNTIME_API_RESTORE_FAILED) == 0;
   if (result == RUNTIME_API_OK && FAAS_HAS_FIELD(host, struct faas_host, restored) &&
       !host->restored(host->context, error)) {
      result = RUNTIME_API_BROKEN;
   }
   if (result != RUNTIME_API_OK) {
      tell_platform(channel, host, is_restored, error);
   }
   return result == RUNTIME_API_OK ? FAAS_OK : FAAS_ERROR;
}

enum faas_result
restore_await(struct restore *restore, struct channel *channel, const struct faas_host *host, struct faas_error *error)
{
   enum faas_result result = FAAS_OK;
   (void)pthread_mutex_lock(&restore->lock);
   if (restore->state == RESTORE_FAILED) {
      result = FAAS_END;
   } else if (restore->state == RESTORE_DUE) {
      result = ask(channel, host, error);
      restore->state = result == FAAS_OK ? RESTORE_SETTLED : RESTORE_FAILED;
   }
   (void)pthread_mutex_unlock(&restore->lock);
   return result;
}
