/*
 * invoke: the cheapest possible client of the invoke API, which also takes the times.
 *
 * usage: invoke PORT          then on stdin, a line each: BYTES COUNT
 *
 * Keeps one connection to 127.0.0.1:PORT. For each line of stdin, prints the median of COUNT invocations with an event
 * of BYTES bytes, in ns, from before the request is written until the answer has been read. The function is an echo:
 * any answer other than 200 with the event as its body ends the program with a message, because a wrong answer yields
 * no figure.
 */
#include "../http_bytes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EVENT_MAX (6u << 20)
#define HEAD_MAX (64u << 10)
#define COUNT_MAX 1000000
#define LIMIT_S 30

struct exchange {
   char *request;
   size_t request_length;
   char *answer;
   const char *event;
   size_t event_length;
};

_Noreturn static void
fail(const char *form, ...)
{
   va_list arguments;
   va_start(arguments, form);
   (void)fputs("invoke: ", stderr);
   (void)vfprintf(stderr, form, arguments);
   (void)fputc('\n', stderr);
   va_end(arguments);
   exit(1);
}

static int64_t
now_ns(void)
{
   struct timespec now;
   (void)clock_gettime(CLOCK_MONOTONIC, &now);
   return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int
connect_to(uint16_t port)
{
   const struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   const struct timeval limit = {.tv_sec = LIMIT_S};
   int on = 1;
   int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   if (descriptor < 0 || connect(descriptor, (const struct sockaddr *)&address, sizeof address) != 0) {
      fail("expected somebody to listen on port %u", port);
   }
   (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   (void)setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
   return descriptor;
}

static void
exchange_fill(struct exchange *exchange, size_t bytes)
{
   int head = snprintf(exchange->request,
                       HEAD_MAX,
                       "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                       "Content-Length: %zu\r\n\r\n",
                       bytes);
   char *event = exchange->request + head;
   memset(event, 'x', bytes);
   event[0] = event[bytes - 1] = '"';
   exchange->event = event;
   exchange->event_length = bytes;
   exchange->request_length = (size_t)head + bytes;
}

static void
receive(int descriptor, struct exchange *exchange)
{
   size_t length = 0;
   size_t wanted = 0;
   char *body = NULL;
   while (body == NULL || length < wanted) {
      ssize_t got = recv(descriptor, exchange->answer + length, EVENT_MAX + HEAD_MAX - 1 - length, 0);
      if (got <= 0) {
         fail("expected an answer within %d s, found %zu bytes of one", LIMIT_S, length);
      }
      length += (size_t)got;
      exchange->answer[length] = '\0';
      if (body == NULL && (body = strstr(exchange->answer, "\r\n\r\n")) != NULL) {
         body += 4;
         const char *bytes = header(exchange->answer, "Content-Length");
         if (bytes == NULL) {
            fail("expected an answer with Content-Length, found: %.200s", exchange->answer);
         }
         wanted = (size_t)(body - exchange->answer) + strtoul(bytes, NULL, 10);
      }
   }
   if (strncmp(exchange->answer, "HTTP/1.1 200 ", 13) != 0 || length != wanted ||
       length - (size_t)(body - exchange->answer) != exchange->event_length ||
       memcmp(body, exchange->event, exchange->event_length) != 0) {
      fail("expected the event echoed, found: %.300s", exchange->answer);
   }
}

static int
by_size(const void *left, const void *right)
{
   int64_t a = *(const int64_t *)left;
   int64_t b = *(const int64_t *)right;
   return (a > b) - (a < b);
}

static void
measure(int descriptor, struct exchange *exchange, int64_t *took_ns, size_t count)
{
   for (size_t i = 0; i < count; i++) {
      int64_t start = now_ns();
      if (!send_all(descriptor, exchange->request, exchange->request_length, NULL, 0)) {
         fail("expected to be listened to, found the connection at its end");
      }
      receive(descriptor, exchange);
      took_ns[i] = now_ns() - start;
   }
   qsort(took_ns, count, sizeof *took_ns, by_size);
   printf("%lld\n", (long long)took_ns[count / 2]);
   (void)fflush(stdout);
}

int
main(int argc, char **argv)
{
   if (argc != 2) {
      fail("usage: invoke PORT");
   }
   struct exchange exchange = {.request = malloc(HEAD_MAX + EVENT_MAX), .answer = malloc(HEAD_MAX + EVENT_MAX)};
   int64_t *took_ns = malloc(COUNT_MAX * sizeof *took_ns);
   if (exchange.request == NULL || exchange.answer == NULL || took_ns == NULL) {
      fail("expected memory, found none");
   }
   int descriptor = connect_to((uint16_t)strtoul(argv[1], NULL, 10));
   char line[64];
   while (fgets(line, sizeof line, stdin) != NULL) {
      char *rest;
      size_t bytes = (size_t)strtoul(line, &rest, 10);
      size_t count = (size_t)strtoul(rest, NULL, 10);
      if (bytes < 2 || bytes > EVENT_MAX || count < 1 || count > COUNT_MAX) {
         fail("expected BYTES and COUNT, found: %s", line);
      }
      exchange_fill(&exchange, bytes);
      measure(descriptor, &exchange, took_ns, count);
   }
   (void)close(descriptor);
   free(exchange.request);
   free(exchange.answer);
   free(took_ns);
   return 0;
}
