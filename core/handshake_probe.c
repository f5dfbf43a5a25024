#include "handshake_probe.h"

#include "client.h"
#include "driver_log.h"
#include "report_json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <mongoc/mongoc.h>
#include <string.h>

/* Names under .invalid never resolve (RFC 6761, 6.4), and this one is never looked up: our stream takes its place. */
#define PROBE_URI "mongodb://handshake-probe.invalid/?serverSelectionTimeoutMS=1000&connectTimeoutMS=1000"

#define MESSAGE_MAX 4096

struct probe {
   mongoc_stream_t stream; /* first, because the driver sees only this part */
   unsigned char message[MESSAGE_MAX];
   size_t length;
};

static void
on_destroy(mongoc_stream_t *stream)
{
   (void)stream; /* the probe's caller owns it */
}

static int
on_close(mongoc_stream_t *stream)
{
   (void)stream;
   return 0;
}

static ssize_t
on_writev(mongoc_stream_t *stream, mongoc_iovec_t *parts, size_t count, int32_t timeout_ms)
{
   struct probe *probe = (struct probe *)stream;
   (void)timeout_ms;
   for (size_t i = 0; i < count; i++) {
      size_t room = sizeof probe->message - probe->length;
      size_t length = parts[i].iov_len < room ? parts[i].iov_len : room;
      memcpy(probe->message + probe->length, parts[i].iov_base, length);
      probe->length += length;
   }
   errno = EPIPE;
   return -1;
}

static ssize_t
on_readv(mongoc_stream_t *stream, mongoc_iovec_t *parts, size_t count, size_t least, int32_t timeout_ms)
{
   (void)stream;
   (void)parts;
   (void)count;
   (void)least;
   (void)timeout_ms;
   errno = EPIPE;
   return -1;
}

static int
on_setsockopt(mongoc_stream_t *stream, int level, int option, void *value, mongoc_socklen_t length)
{
   (void)stream;
   (void)level;
   (void)option;
   (void)value;
   (void)length;
   return 0;
}

static bool
on_check_closed(mongoc_stream_t *stream)
{
   (void)stream;
   return false;
}

/* Reports every stream as ready, so that reading and writing fail at once. */
static ssize_t
on_poll(mongoc_stream_poll_t *streams, size_t count, int32_t timeout_ms)
{
   (void)timeout_ms;
   for (size_t i = 0; i < count; i++) {
      streams[i].revents = streams[i].events;
   }
   return (ssize_t)count;
}

static bool
on_question(mongoc_stream_t *stream)
{
   (void)stream;
   return false;
}

static mongoc_stream_t *
initiate(const mongoc_uri_t *uri, const mongoc_host_list_t *host, void *context, bson_error_t *error)
{
   struct probe *probe = context;
   (void)uri;
   (void)host;
   (void)error;
   probe->length = 0;
   return &probe->stream;
}

void
handshake_probe(struct handshake *handshake)
{
   struct probe probe = {.stream = {.destroy = on_destroy,
                                    .close = on_close,
                                    .flush = on_close,
                                    .writev = on_writev,
                                    .readv = on_readv,
                                    .setsockopt = on_setsockopt,
                                    .check_closed = on_check_closed,
                                    .poll = on_poll,
                                    .failed = on_destroy,
                                    .timed_out = on_question,
                                    .should_retry = on_question}};
   mongoc_client_t *client = mongoc_client_new(PROBE_URI);
   if (client != NULL) {
      bson_t ping = BSON_INITIALIZER;
      BSON_APPEND_INT32(&ping, "ping", 1);
      driver_log_silence(client);
      mongoc_client_set_stream_initiator(client, initiate, &probe);
      (void)mongoc_client_command_simple(client, "admin", &ping, NULL, NULL, NULL);
      mongoc_client_destroy(client);
      bson_destroy(&ping);
   }
   handshake_init(handshake, probe.message, probe.length);
}

/* As handshake_size_judge, with a probe if the document that was sent does not by itself explain a missing env. */
static void
probe_size(struct handshake_size *size, const struct handshake *sent, const struct handshake_env *expected)
{
   handshake_size_judge(size, &sent->parts, NULL, expected);
   if (size->env_missing && !size->exact) {
      struct handshake plain;
      handshake_probe(&plain);
      handshake_size_judge(size, &sent->parts, plain.client_json == NULL ? NULL : &plain.parts, expected);
      handshake_clear(&plain);
   }
}

bool
handshake_driver_sends_env(void)
{
   return driver_version_at_least(1, 25);
}

void
handshake_seen_init(struct handshake_seen *seen)
{
   *seen = (struct handshake_seen){.expected = handshake_env_expected(driver_version_at_least(2, 1))};
}

void
handshake_seen_clear(struct handshake_seen *seen)
{
   handshake_clear(&seen->sent);
   cJSON_free(seen->json);
}

void
handshake_seen_look(struct handshake_seen *seen,
                    const unsigned char *message,
                    size_t length,
                    const struct redactor *redactor)
{
   if (seen->sent.client_json == NULL) {
      handshake_init(&seen->sent, message, length);
      if (seen->sent.client_json != NULL) {
         const struct handshake_env none = {.name = ""};
         probe_size(&seen->size, &seen->sent, handshake_driver_sends_env() ? &seen->expected : &none);
      }
   }
   if (seen->json == NULL && seen->sent.client_json != NULL) {
      seen->json = json_clean_object(seen->sent.client_json, redactor);
   }
}
