/*
 * raw: the lower limit. An echo function that talks to the Runtime API with send and recv alone, and checks no more
 * than it must.
 */
#include "../http_bytes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BYTES_MAX (8u << 20)
#define HEAD_MAX 512

struct message {
   char *bytes; /* head, body, and a NUL */
   size_t capacity;
   size_t length;
   size_t head_length;
   size_t body_length;
};

static void
fail(const char *what)
{
   perror(what);
   exit(1);
}

static void
make_room(struct message *message, size_t capacity)
{
   if (capacity > BYTES_MAX) {
      fail("too much");
   }
   if (capacity > message->capacity) {
      message->bytes = realloc(message->bytes, capacity);
      if (message->bytes == NULL) {
         fail("realloc");
      }
      message->capacity = capacity;
   }
}

/* Receives one whole answer of the API. Nothing can follow it, because only one request is open. */
static void
receive(int socket, struct message *message)
{
   message->length = message->head_length = message->body_length = 0;
   while (message->head_length == 0 || message->length < message->head_length + message->body_length) {
      ssize_t got = recv(socket, message->bytes + message->length, message->capacity - message->length - 1, 0);
      if (got <= 0) {
         exit(got == 0 ? 0 : 1);
      }
      message->length += (size_t)got;
      message->bytes[message->length] = '\0';
      char *end = message->head_length > 0 ? NULL : strstr(message->bytes, "\r\n\r\n");
      if (end != NULL) {
         end[2] = '\0';
         const char *length = header(message->bytes, "Content-Length");
         message->head_length = (size_t)(end - message->bytes) + 4;
         message->body_length = length == NULL ? 0 : strtoul(length, NULL, 10);
         make_room(message, message->head_length + message->body_length + 1);
      }
   }
}

static int
connect_to(const char *host_and_port)
{
   char host[64] = {0};
   unsigned short port = 0;
   int on = 1;
   struct sockaddr_in address = {.sin_family = AF_INET};
   if (host_and_port == NULL || sscanf(host_and_port, "%63[0-9.]:%hu", host, &port) != 2 ||
       inet_pton(AF_INET, host, &address.sin_addr) != 1) {
      (void)fputs("raw: expected ADDRESS:PORT in AWS_LAMBDA_RUNTIME_API\n", stderr);
      exit(2);
   }
   address.sin_port = htons(port);
   int descriptor = socket(AF_INET, SOCK_STREAM, 0);
   if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
      fail("connect");
   }
   (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   return descriptor;
}

int
main(void)
{
   char next[HEAD_MAX];
   char head[HEAD_MAX];
   const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
   int descriptor = connect_to(api);
   struct message event = {0};
   struct message answer = {0};
   make_room(&event, 4096);
   make_room(&answer, 4096);
   int next_length =
      snprintf(next, sizeof next, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %.64s\r\n\r\n", api);
   for (;;) {
      if (!send_all(descriptor, next, (size_t)next_length, NULL, 0)) {
         fail("send");
      }
      receive(descriptor, &event);
      const char *id = header(event.bytes, "Lambda-Runtime-Aws-Request-Id");
      if (id == NULL) {
         (void)fputs("raw: expected a request id\n", stderr);
         return 1;
      }
      int length = snprintf(head,
                            sizeof head,
                            "POST /2018-06-01/runtime/invocation/%.*s/response HTTP/1.1\r\nHost: %.64s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                            (int)strcspn(id, "\r\n"),
                            id,
                            api,
                            event.body_length);
      if (length < 0 || (size_t)length >= sizeof head) {
         return 1;
      }
      if (!send_all(descriptor, head, (size_t)length, event.bytes + event.head_length, event.body_length)) {
         fail("send");
      }
      receive(descriptor, &answer);
   }
}
