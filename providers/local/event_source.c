#include "event_source.h"

#include "provider_error.h"
#include "provider_io.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024 };

static const char EMPTY_EVENT[] = "{}";

struct event_source {
   int descriptor;
   const struct faas_host *host;
   struct json_stream *stream;
   bool had_value;                /* good or bad */
   unsigned patience;             /* EVENT_SOURCE_PATIENCE minus the bad values reported */
   uint64_t untold;               /* bad values not reported since patience ran out */
   struct provider_bytes pending; /* a good event that waits until the unreported ones are reported; bytes NULL: none */
   char chunk[CHUNK_BYTES];
};

struct event_source *
event_source_new(int descriptor, size_t max_event_bytes, const struct faas_host *host)
{
   struct event_source *source = calloc(1, sizeof *source);

   if (!source) {
      return NULL;
   }
   source->descriptor = descriptor;
   source->host = host;
   source->patience = EVENT_SOURCE_PATIENCE;
   source->stream = json_stream_new(max_event_bytes);
   if (!source->stream) {
      free(source);
      return NULL;
   }
   if (isatty(descriptor)) {
      json_stream_finish(source->stream);
   }
   return source;
}

void
event_source_destroy(struct event_source *source)
{
   if (source) {
      json_stream_destroy(source->stream);
      free(source);
   }
}

static bool
stop_requested(const struct event_source *source)
{
   return source->host->stop_requested(source->host->context);
}

/* Waits for more bytes, or the end, and feeds them to the stream. */
static enum faas_result
feed(struct event_source *source, struct faas_error *error)
{
   size_t length;
   enum faas_result result =
      provider_read(source->descriptor, source->host, source->chunk, sizeof source->chunk, &length, error);

   if (result == FAAS_OK && length > 0) {
      json_stream_feed(source->stream, source->chunk, length);
   } else if (result == FAAS_OK) {
      json_stream_finish(source->stream);
   }
   return result;
}

static enum faas_result
tell_untold(struct event_source *source, struct faas_error *error)
{
   provider_error_set(error,
                      "Event.Malformed",
                      "%" PRIu64 " more bad events were skipped without a message each: check the sender",
                      source->untold);
   source->untold = 0;
   return FAAS_REJECTED;
}

static bool
is_told(struct event_source *source)
{
   if (source->patience == 0) {
      source->untold++;
      return false;
   }
   source->patience--;
   return true;
}

static enum faas_result
good(struct event_source *source, struct provider_bytes *event, struct faas_error *error)
{
   if (source->patience < EVENT_SOURCE_PATIENCE) {
      source->patience++;
   }
   if (source->untold > 0) {
      source->pending = *event;
      return tell_untold(source, error);
   }
   return FAAS_OK;
}

static enum faas_result
ended(struct event_source *source, struct provider_bytes *event, struct faas_error *error)
{
   if (source->untold > 0) {
      return tell_untold(source, error);
   }
   if (!source->had_value) {
      source->had_value = true;
      *event = (struct provider_bytes){.bytes = EMPTY_EVENT, .length = sizeof EMPTY_EVENT - 1};
      return FAAS_OK;
   }
   return FAAS_END;
}

static enum json_stream_result
next_of_stream(struct event_source *source, struct provider_bytes *event, struct faas_error *error)
{
   enum json_stream_result result = json_stream_next(source->stream, event, source->patience > 0 ? error : NULL);

   source->had_value = source->had_value || result == JSON_STREAM_VALUE || result == JSON_STREAM_REJECTED;
   return result;
}

enum faas_result
event_source_next(struct event_source *source, struct provider_bytes *event, struct faas_error *error)
{
   while (!stop_requested(source)) {
      enum faas_result result;

      if (source->pending.bytes) {
         *event = source->pending;
         source->pending.bytes = NULL;
         return FAAS_OK;
      }
      switch (next_of_stream(source, event, error)) {
      case JSON_STREAM_VALUE:
         return good(source, event, error);
      case JSON_STREAM_REJECTED:
         if (is_told(source)) {
            return FAAS_REJECTED;
         }
         break;
      case JSON_STREAM_HUNGRY:
         result = feed(source, error);
         if (result != FAAS_OK) {
            return result;
         }
         break;
      case JSON_STREAM_END:
         return ended(source, event, error);
      case JSON_STREAM_NO_MEMORY:
      default:
         provider_error_set(
            error, "Provider.OutOfMemory", "out of memory for an event; send less or lower the option max_event_bytes");
         return FAAS_ERROR;
      }
   }
   return FAAS_END;
}
