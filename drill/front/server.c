#include "server.h"

#include "clock.h"
#include "descriptors.h"
#include "document.h"
#include "first_words.h"
#include "wire.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRY_AGAIN_MS 50
#define CLOSING_PATIENCE_US 3000000

int
server_connect(const struct server *server)
{
   int descriptor = socket(server->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
   if (descriptor < 0) {
      return -1;
   }
   int on = 1;
   setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   const struct sockaddr *address = (const struct sockaddr *)&server->address;
   if (connect(descriptor, address, server->address_length) != 0 && errno != EINPROGRESS) {
      descriptors_close(descriptor);
      return -1;
   }
   return descriptor;
}

/* Why no reply came. If another kind of server answered, asking again does not help. */
struct silence {
   bool closed;
   bool foreign;
   char found[FIRST_WORDS_TEXT_MAX];
};

static bool
fall_silent(struct silence *silence, const char *found)
{
   snprintf(silence->found, sizeof silence->found, "%s", found);
   return false;
}

static bool
wait_for(int descriptor, short events, int64_t deadline_us)
{
   int64_t left_us = deadline_us - clock_now_us();
   struct pollfd poller = {.fd = descriptor, .events = events};
   return left_us > 0 && poll(&poller, 1, (int)(left_us / 1000) + 1) > 0;
}

static bool
ended_early(const struct buffer *in, struct silence *silence)
{
   silence->foreign = first_words_are_foreign(buffer_bytes(in), in->length, silence->found, sizeof silence->found);
   if (silence->foreign) {
      return false;
   }
   silence->closed = true;
   return fall_silent(silence, "a server that closes the connection without an answer (one that wants TLS may)");
}

/* Returns 0 or why the socket did not connect. */
static int
await_connection(int descriptor, int64_t deadline_us)
{
   int error_number = ETIMEDOUT;
   socklen_t size = sizeof error_number;
   if (wait_for(descriptor, POLLOUT, deadline_us)) {
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error_number, &size);
   }
   return error_number;
}

static bool
is_connected(int descriptor, int64_t deadline_us, struct silence *silence)
{
   int error_number = await_connection(descriptor, deadline_us);
   return error_number == 0 || fall_silent(silence, error_number == ETIMEDOUT ? "no answer" : strerror(error_number));
}

bool
server_refuses(const struct server *server, unsigned timeout_ms)
{
   int descriptor = server_connect(server);
   if (descriptor < 0) {
      return errno == ECONNREFUSED;
   }
   int error_number = await_connection(descriptor, clock_now_us() + (int64_t)timeout_ms * 1000);
   close(descriptor);
   return error_number == ECONNREFUSED;
}

/* Sends and receives until a whole message is in. */
static bool
exchange(int descriptor, struct buffer *out, struct buffer *in, int64_t deadline_us, struct silence *silence)
{
   for (;;) {
      int32_t length = wire_length(buffer_bytes(in), in->length);
      silence->foreign =
         length != 0 && first_words_are_foreign(buffer_bytes(in), in->length, silence->found, sizeof silence->found);
      if (silence->foreign) {
         return false;
      }
      if (length < 0) {
         return fall_silent(silence, "a reply with an invalid length");
      }
      if (length > 0 && in->length >= (size_t)length) {
         return true;
      }
      bool sending = out->length > 0;
      if (!wait_for(descriptor, sending ? POLLOUT : POLLIN, deadline_us)) {
         return fall_silent(silence, "no answer");
      }
      if ((sending ? buffer_send(out, descriptor) : buffer_receive(in, descriptor)) == BUFFER_GONE) {
         return ended_early(in, silence);
      }
   }
}

static bson_t *
ask(const struct server *server, const bson_t *command, int64_t deadline_us, struct silence *silence)
{
   struct buffer out = {0};
   struct buffer in = {0};
   struct wire_message message;
   bson_t *reply = NULL;
   int descriptor = server_connect(server);
   *silence = (struct silence){0};
   if (descriptor < 0) {
      fall_silent(silence, strerror(errno));
   } else if (!wire_append_msg(&out, 1, 0, 0, command)) {
      fall_silent(silence, "out of memory");
   } else if (is_connected(descriptor, deadline_us, silence) && exchange(descriptor, &out, &in, deadline_us, silence)) {
      if (wire_parse(buffer_bytes(&in), (size_t)wire_length(buffer_bytes(&in), in.length), &message)) {
         reply = bson_copy(&message.body);
      } else {
         fall_silent(silence, "a malformed OP_MSG");
      }
   }
   descriptors_close(descriptor);
   buffer_clear(&out);
   buffer_clear(&in);
   return reply;
}

bson_t *
server_ask(const struct server *server, const bson_t *command, unsigned timeout_ms, struct drill_error *error)
{
   struct silence silence;
   bson_t *reply = ask(server, command, clock_now_us() + (int64_t)timeout_ms * 1000, &silence);
   if (reply == NULL) {
      drill_error_set(error, "%s did not answer within %u ms: found %s", server->name, timeout_ms, silence.found);
   }
   return reply;
}

static int
look_up(struct server *server, const char *host, uint16_t port, struct drill_error *error)
{
   char service[8];
   snprintf(service, sizeof service, "%u", port);
   snprintf(server->name, sizeof server->name, "%.256s:%u", host, port);
   struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
   struct addrinfo *found = NULL;
   int status = getaddrinfo(host, service, &hints, &found);
   if (status != 0) {
      drill_error_set(error, "cannot resolve the host \"%s\": %s", host, gai_strerror(status));
      return -1;
   }
   memcpy(&server->address, found->ai_addr, found->ai_addrlen);
   server->address_length = found->ai_addrlen;
   freeaddrinfo(found);
   return 0;
}

/* A server that does not listen yet refuses at once, and a proxy whose server is not up yet closes the connection. Asks
 * again until the deadline, or for a shorter time if the server closes every connection. */
static bson_t *
ask_until(const struct server *server, const bson_t *hello, int64_t deadline_us, struct silence *silence)
{
   int64_t closed_until_us = clock_now_us() + CLOSING_PATIENCE_US;
   for (;;) {
      bson_t *reply = ask(server, hello, deadline_us, silence);
      int64_t now_us = clock_now_us();
      if (reply != NULL || silence->foreign || now_us + 2 * TRY_AGAIN_MS * 1000 >= deadline_us ||
          (silence->closed && now_us >= closed_until_us)) {
         return reply;
      }
      poll(NULL, 0, TRY_AGAIN_MS);
   }
}

static bson_t *
ask_hello(const struct server *server, unsigned timeout_ms, struct drill_error *error)
{
   struct silence silence;
   bson_t *hello = BCON_NEW("hello", BCON_INT32(1), "$db", BCON_UTF8("admin"));
   int64_t started_us = clock_now_us();
   bson_t *reply = ask_until(server, hello, started_us + (int64_t)timeout_ms * 1000, &silence);
   bson_destroy(hello);
   if (reply == NULL) {
      drill_error_set(error,
                      "no MongoDB server at %s: found %s (tried for %.1f s); start one, or pass its address",
                      server->name,
                      silence.found,
                      (double)(clock_now_us() - started_us) / 1e6);
   } else if (!document_has(reply, "maxWireVersion")) {
      drill_error_set(
         error, "no MongoDB server at %s: its hello has no maxWireVersion; pass the address of one", server->name);
      bson_destroy(reply);
      reply = NULL;
   }
   return reply;
}

int
server_init(struct server *server, const char *host, uint16_t port, unsigned timeout_ms, struct drill_error *error)
{
   *server = (struct server){0};
   if (look_up(server, host, port, error) != 0) {
      return -1;
   }
   bson_t *reply = ask_hello(server, timeout_ms, error);
   if (reply == NULL) {
      return -1;
   }
   server->hello = bson_new();
   bson_copy_to_excluding_noinit(reply, server->hello, "connectionId", (char *)NULL);
   bson_destroy(reply);
   return 0;
}

void
server_clear(struct server *server)
{
   bson_destroy(server->hello);
   server->hello = NULL;
}
