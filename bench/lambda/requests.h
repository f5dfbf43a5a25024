/*
 * requests: how api reads the requests of the program that it measures, from whichever of its connections they come.
 */
#ifndef BENCH_REQUESTS_H
#define BENCH_REQUESTS_H

#include "../http_bytes.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define BODY_MAX (6u << 20)
#define HEAD_MAX (64u << 10)
#define REQUEST_MAX (HEAD_MAX + 2 * BODY_MAX)
#define CONNECTIONS_MAX 16
/* With one connection, a plain recv waits on it; if the program opens another, that is noticed after this time. */
#define QUIET_MS 20

/* The program; 0: it does not run. */
static volatile sig_atomic_t child;

struct connection {
   int descriptor;
   char *bytes;
   size_t length;
};

struct request {
   struct connection *from;
   const char *line; /* without its end */
   size_t body_length;
   const char *body; /* valid until the next request is read */
};

struct requests {
   int listener;
   struct connection connections[CONNECTIONS_MAX];
   size_t count;
   char *plain; /* a chunked body, put together */
};

static void
let_in(struct requests *requests)
{
   int on = 1;
   struct timeval quiet = {.tv_usec = QUIET_MS * 1000};
   int descriptor = accept4(requests->listener, NULL, NULL, SOCK_CLOEXEC);
   if (descriptor < 0) {
      fail("accept: %s", strerror(errno));
   }
   if (requests->count == CONNECTIONS_MAX) {
      fail("more than %d connections", CONNECTIONS_MAX);
   }
   char *bytes = malloc(REQUEST_MAX);
   if (bytes == NULL) {
      fail("out of memory for a connection");
   }
   (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   (void)setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof quiet);
   requests->connections[requests->count++] = (struct connection){.descriptor = descriptor, .bytes = bytes};
}

static void
let_go(struct requests *requests, struct connection *connection)
{
   if (connection->length > 0) {
      fail("expected a whole request, found the end of the connection after \"%.200s\"", connection->bytes);
   }
   (void)close(connection->descriptor);
   free(connection->bytes);
   *connection = requests->connections[--requests->count];
}

/* Returns false when nothing came for a while. */
static bool
receive(struct requests *requests, struct connection *connection)
{
   ssize_t got =
      recv(connection->descriptor, connection->bytes + connection->length, REQUEST_MAX - 1 - connection->length, 0);
   if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      return false;
   }
   if (got <= 0) {
      let_go(requests, connection);
      return true;
   }
   connection->length += (size_t)got;
   connection->bytes[connection->length] = '\0';
   return true;
}

static void
receive_from_any(struct requests *requests)
{
   struct pollfd waits[CONNECTIONS_MAX + 1] = {{.fd = requests->listener, .events = POLLIN}};
   size_t count = requests->count;
   for (size_t i = 0; i < count; i++) {
      waits[i + 1] = (struct pollfd){.fd = requests->connections[i].descriptor, .events = POLLIN};
   }
   if (poll(waits, count + 1, 1000) < 0 && errno != EINTR) {
      fail("poll: %s", strerror(errno));
   }
   int status = 0;
   if (waitpid((pid_t)child, &status, WNOHANG) > 0) {
      child = 0;
      fail("the program ended, wait status %#x", (unsigned)status);
   }
   /* Backwards, because dropping a connection moves the last one into its place. */
   for (size_t i = count; i > 0; i--) {
      if (waits[i].revents != 0) {
         (void)receive(requests, &requests->connections[i - 1]);
      }
   }
   if ((waits[0].revents & POLLIN) != 0) {
      let_in(requests);
   }
}

/* Returns the end of a chunked body, whose content goes to requests->plain; NULL when it is incomplete. */
static const char *
join_chunks(struct requests *requests, const char *chunk, const char *limit, size_t *joined)
{
   *joined = 0;
   for (;;) {
      char *end = NULL;
      const char *line_end = memchr(chunk, '\n', (size_t)(limit - chunk));
      if (line_end == NULL) {
         return NULL;
      }
      size_t length = strtoul(chunk, &end, 16);
      if (end == chunk || (*end != '\r' && *end != ';') || length > BODY_MAX - *joined) {
         fail("expected the length of a chunk, found \"%.20s\"", chunk);
      }
      if (length == 0) {
         break;
      }
      chunk = line_end + 1;
      if ((size_t)(limit - chunk) < length + 2) {
         return NULL;
      }
      memcpy(requests->plain + *joined, chunk, length);
      *joined += length;
      if (memcmp(chunk + length, "\r\n", 2) != 0) {
         fail("expected the end of a chunk");
      }
      chunk += length + 2;
   }
   /* Trailers, if any. */
   const char *last = strstr(chunk, "\r\n\r\n");
   return last == NULL ? NULL : last + 4;
}

/* Returns true when a whole request has arrived, and nothing after it. */
static bool
parse(struct requests *requests, struct connection *connection, struct request *request)
{
   static char head[HEAD_MAX];
   const char *end = connection->length < 4 ? NULL : strstr(connection->bytes, "\r\n\r\n");
   const char *limit = connection->bytes + connection->length;
   if (end == NULL) {
      return false;
   }
   size_t head_length = (size_t)(end - connection->bytes) + 2;
   if (head_length >= sizeof head) {
      fail("expected a head of less than %u bytes", HEAD_MAX);
   }
   memcpy(head, connection->bytes, head_length);
   head[head_length] = '\0';
   const char *length = header(head, "Content-Length");
   const char *coding = header(head, "Transfer-Encoding");
   const char *expect = header(head, "Expect");
   if (header(head, "Host") == NULL || (length != NULL && coding != NULL)) {
      fail("expected a Host and one kind of length, found \"%s\"", head);
   }
   *request = (struct request){.from = connection, .line = head, .body = end + 4};
   const char *body_end = request->body;
   if (coding != NULL) {
      if (strncasecmp(coding, "chunked\r", 8) != 0) {
         fail("expected chunks, found \"%s\"", head);
      }
      body_end = join_chunks(requests, request->body, limit, &request->body_length);
      request->body = requests->plain;
   } else if (length != NULL) {
      request->body_length = strtoul(length, NULL, 10);
      if (request->body_length > BODY_MAX) {
         fail("expected a body of at most %u bytes", BODY_MAX);
      }
      body_end = (size_t)(limit - request->body) < request->body_length ? NULL : request->body + request->body_length;
   }
   if (body_end == NULL) {
      if (expect != NULL && limit == end + 4) {
         static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
         (void)!send(connection->descriptor, go_on, sizeof go_on - 1, MSG_NOSIGNAL);
      }
      return false;
   }
   if (body_end != limit) {
      fail("expected one request at a time, found more after \"%s\"", head);
   }
   head[strcspn(head, "\r\n")] = '\0';
   connection->length = 0;
   return true;
}

static struct request
next_request(struct requests *requests)
{
   struct request request = {0};
   for (;;) {
      if (requests->count != 1 || !receive(requests, &requests->connections[0])) {
         receive_from_any(requests);
      }
      for (size_t i = 0; i < requests->count; i++) {
         if (requests->connections[i].length > 0 && parse(requests, &requests->connections[i], &request)) {
            return request;
         }
      }
   }
}

#endif
