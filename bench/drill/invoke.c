/*
 * invoke: the cheapest possible client of the invoke API, which also takes the times.
 *
 * usage: invoke ADDRESS:PORT          then on stdin, a line each: BYTES COUNT
 *
 * Keeps one connection. For each line of stdin, prints the median of COUNT invocations with an event
 * of BYTES bytes, in ns, from before the request is written until the answer has been read. The function is an echo:
 * any answer other than 200 with the event as its body ends the program with a message, because a wrong answer yields
 * no figure.
 */
#include "../http_bytes.h"

#include <sys/time.h>
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
   const char *body = receive_answer(descriptor, exchange->answer, EVENT_MAX + HEAD_MAX, &length);
   if (body == NULL) {
      fail("expected an answer within %d s", LIMIT_S);
   }
   if (strncmp(exchange->answer, "HTTP/1.1 200 ", 13) != 0 || length != exchange->event_length ||
       memcmp(body, exchange->event, length) != 0) {
      fail("expected the event echoed, found: %.300s", exchange->answer);
   }
}

static void
measure(int descriptor, struct exchange *exchange, int64_t *took_ns, size_t count)
{
   for (size_t i = 0; i < count; i++) {
      int64_t start = clock_ns(CLOCK_MONOTONIC);
      if (!send_all(descriptor, exchange->request, exchange->request_length, NULL, 0)) {
         fail("expected to be listened to, found the connection at its end");
      }
      receive(descriptor, exchange);
      took_ns[i] = clock_ns(CLOCK_MONOTONIC) - start;
   }
   printf("%lld\n", (long long)median(took_ns, count));
   (void)fflush(stdout);
}

int
main(int argc, char **argv)
{
   if (argc != 2) {
      fail("usage: invoke ADDRESS:PORT");
   }
   struct exchange exchange = {.request = malloc(HEAD_MAX + EVENT_MAX), .answer = malloc(HEAD_MAX + EVENT_MAX)};
   int64_t *took_ns = malloc(COUNT_MAX * sizeof *took_ns);
   if (exchange.request == NULL || exchange.answer == NULL || took_ns == NULL) {
      fail("expected memory, found none");
   }
   const struct timeval limit = {.tv_sec = LIMIT_S};
   int descriptor = connect_to(argv[1]);
   (void)setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
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
