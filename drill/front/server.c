#include "server.h"

#include "clock.h"
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
      close(descriptor);
      return -1;
   }
   return descriptor;
}

static bool
wait_for(int descriptor, short events, int64_t deadline_us)
{
   int64_t left_us = deadline_us - clock_now_us();
   struct pollfd poller = {.fd = descriptor, .events = events};
   return left_us > 0 && poll(&poller, 1, (int)(left_us / 1000) + 1) > 0;
}

/* Both directions, until a whole message is in. */
static bool
exchange(int descriptor, struct buffer *out, struct buffer *in, int64_t deadline_us)
{
   for (;;) {
      int32_t length = wire_length(buffer_bytes(in), in->length);
      if (length < 0) {
         return false;
      }
      if (length > 0 && in->length >= (size_t)length) {
         return true;
      }
      bool sending = out->length > 0;
      if (!wait_for(descriptor, sending ? POLLOUT : POLLIN, deadline_us)) {
         return false;
      }
      if ((sending ? buffer_send(out, descriptor) : buffer_receive(in, descriptor)) == BUFFER_GONE) {
         return false;
      }
   }
}

bson_t *
server_ask(const struct server *server, const bson_t *command, unsigned timeout_ms, struct drill_error *error)
{
   struct buffer out = {0};
   struct buffer in = {0};
   struct wire_message message;
   bson_t *reply = NULL;
   int descriptor = server_connect(server);
   if (descriptor >= 0 && wire_append_msg(&out, 1, 0, 0, command) &&
       exchange(descriptor, &out, &in, clock_now_us() + (int64_t)timeout_ms * 1000) &&
       wire_parse(buffer_bytes(&in), (size_t)wire_length(buffer_bytes(&in), in.length), &message)) {
      reply = bson_copy(&message.body);
   }
   if (reply == NULL) {
      drill_error_set(error, "%s did not answer within %u ms; is a MongoDB server there?", server->name, timeout_ms);
   }
   if (descriptor >= 0) {
      close(descriptor);
   }
   buffer_clear(&out);
   buffer_clear(&in);
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
      drill_error_set(error, "expected a host that has an address, found \"%s\": %s", host, gai_strerror(status));
      return -1;
   }
   memcpy(&server->address, found->ai_addr, found->ai_addrlen);
   server->address_length = found->ai_addrlen;
   freeaddrinfo(found);
   return 0;
}

/* One that does not listen yet refuses at once: asked again until the time is over. */
static bson_t *
ask_hello(const struct server *server, unsigned timeout_ms, struct drill_error *error)
{
   bson_t *hello = BCON_NEW("hello", BCON_INT32(1), "$db", BCON_UTF8("admin"));
   bson_t *reply = NULL;
   int64_t deadline_us = clock_now_us() + (int64_t)timeout_ms * 1000;
   for (;;) {
      int64_t left_us = deadline_us - clock_now_us();
      if (left_us <= 0) {
         break;
      }
      reply = server_ask(server, hello, (unsigned)(left_us / 1000) + 1, NULL);
      if (reply != NULL) {
         break;
      }
      poll(NULL, 0, TRY_AGAIN_MS);
   }
   bson_destroy(hello);
   bson_iter_t iterator;
   if (reply == NULL || !bson_iter_init_find(&iterator, reply, "maxWireVersion")) {
      drill_error_set(error,
                      "expected a MongoDB server at %s, found %s within %u ms; start one and give its address",
                      server->name,
                      reply == NULL ? "no answer to a hello" : "a hello without maxWireVersion",
                      timeout_ms);
      bson_destroy(reply);
      return NULL;
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
