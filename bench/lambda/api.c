/*
 * api: Lambda's Runtime API for one program, which it starts itself and times.
 *
 * usage: api PROGRAM [ARGUMENT ...]           then on stdin, a line each: BYTES COUNT
 *        api --let-end PROGRAM [ARGUMENT ...]     the same
 *        api --to-exit PROGRAM [ARGUMENT ...]
 *
 * Prints the program's process id, and the ns from before its exec to its first /next. Then, for each line of stdin,
 * prints three figures for COUNT invocations with an event of BYTES bytes: the median ns from the event written to the
 * response read (round trip), the median ns from before the event's first byte is written to the response read (turn),
 * and the program's own CPU time per invocation in ns. At the end of stdin it ends the program.
 *
 * With --let-end it hangs up first and gives the program time to end by itself, because strace prints its sums only
 * then. It also answers each request late: a traced program is so slow that otherwise it would never have to wait for
 * an answer, as it does in real use. With --to-exit it prints the ns from before the exec to the program's end.
 *
 * It is strict: any method, path, id or body other than the expected one ends it with a message, because a wrong answer
 * yields no figure.
 */
#include "../http_bytes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BODY_MAX (6u << 20)
#define HEAD_MAX (64u << 10)
#define REQUEST_MAX (HEAD_MAX + 2 * BODY_MAX)
#define CONNECTIONS_MAX 16
#define COMMAND_LIMIT_S 120
#define END_LIMIT_MS 5000
#define LET_END_LIMIT_MS 2000
/* With one connection, a plain recv waits on it; if the program opens another, that is noticed after this time. */
#define QUIET_MS 20

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

struct api {
   int listener;
   struct connection connections[CONNECTIONS_MAX];
   size_t count;
   char *plain; /* a chunked body, put together */
   char *event;
   size_t event_length;
   uint64_t invocations;
   int late_ms;
};

extern char **environ;

static volatile sig_atomic_t child;

_Noreturn static void
fail(const char *form, ...)
{
   va_list arguments;
   va_start(arguments, form);
   (void)fputs("api: ", stderr);
   (void)vfprintf(stderr, form, arguments);
   (void)fputc('\n', stderr);
   va_end(arguments);
   if (child > 0) {
      (void)kill((pid_t)child, SIGKILL);
   }
   exit(1);
}

static void
on_alarm(int number)
{
   static const char text[] = "api: no answer in time\n";
   (void)number;
   (void)!write(STDERR_FILENO, text, sizeof text - 1);
   if (child > 0) {
      (void)kill((pid_t)child, SIGKILL);
   }
   _exit(1);
}

static int64_t
clock_ns(clockid_t clock)
{
   struct timespec now;
   if (clock_gettime(clock, &now) != 0) {
      fail("clock_gettime: %s", strerror(errno));
   }
   return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t
cpu_ns(void)
{
   clockid_t clock;
   if (clock_getcpuclockid((pid_t)child, &clock) != 0) {
      fail("the program has ended");
   }
   return clock_ns(clock);
}

static void
let_in(struct api *api)
{
   int on = 1;
   struct timeval quiet = {.tv_usec = QUIET_MS * 1000};
   int descriptor = accept4(api->listener, NULL, NULL, SOCK_CLOEXEC);
   if (descriptor < 0) {
      fail("accept: %s", strerror(errno));
   }
   char *bytes = api->count == CONNECTIONS_MAX ? NULL : malloc(REQUEST_MAX);
   if (bytes == NULL) {
      fail("expected at most %d connections, and memory for them", CONNECTIONS_MAX);
   }
   (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
   (void)setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof quiet);
   api->connections[api->count++] = (struct connection){.descriptor = descriptor, .bytes = bytes};
}

static void
let_go(struct api *api, struct connection *connection)
{
   if (connection->length > 0) {
      fail("expected a whole request, found the end of the connection after \"%.200s\"", connection->bytes);
   }
   (void)close(connection->descriptor);
   free(connection->bytes);
   *connection = api->connections[--api->count];
}

/* Returns false when nothing came for a while. */
static bool
receive(struct api *api, struct connection *connection)
{
   ssize_t got =
      recv(connection->descriptor, connection->bytes + connection->length, REQUEST_MAX - 1 - connection->length, 0);
   if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      return false;
   }
   if (got <= 0) {
      let_go(api, connection);
      return true;
   }
   connection->length += (size_t)got;
   connection->bytes[connection->length] = '\0';
   return true;
}

static void
receive_from_any(struct api *api)
{
   struct pollfd waits[CONNECTIONS_MAX + 1] = {{.fd = api->listener, .events = POLLIN}};
   size_t count = api->count;
   for (size_t i = 0; i < count; i++) {
      waits[i + 1] = (struct pollfd){.fd = api->connections[i].descriptor, .events = POLLIN};
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
         (void)receive(api, &api->connections[i - 1]);
      }
   }
   if ((waits[0].revents & POLLIN) != 0) {
      let_in(api);
   }
}

/* Returns the end of a chunked body, whose content goes to api->plain; NULL when it is incomplete. */
static const char *
join_chunks(struct api *api, const char *chunk, const char *limit, size_t *joined)
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
      memcpy(api->plain + *joined, chunk, length);
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
parse(struct api *api, struct connection *connection, struct request *request)
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
      body_end = join_chunks(api, request->body, limit, &request->body_length);
      request->body = api->plain;
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
next_request(struct api *api)
{
   struct request request = {0};
   for (;;) {
      if (api->count != 1 || !receive(api, &api->connections[0])) {
         receive_from_any(api);
      }
      for (size_t i = 0; i < api->count; i++) {
         if (api->connections[i].length > 0 && parse(api, &api->connections[i], &request)) {
            return request;
         }
      }
   }
}

static void
answer(int descriptor, const char *head, size_t head_length, const char *body, size_t body_length)
{
   if (!send_all(descriptor, head, head_length, body, body_length)) {
      fail("send: %s", strerror(errno));
   }
}

static struct request
expect_next(struct api *api)
{
   struct request request = next_request(api);
   if (strcmp(request.line, "GET /2018-06-01/runtime/invocation/next HTTP/1.1") != 0 || request.body_length != 0) {
      fail("expected next, found \"%s\" \"%.200s\"", request.line, request.body);
   }
   return request;
}

struct figures {
   int64_t round_trip;
   int64_t turn;
};

/* Runs one invocation, from a waiting next to the following one. */
static struct figures
invoke(struct api *api, struct request *waiting)
{
   static const char accepted[] =
      "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
      "{\"status\":\"OK\"}\n";
   char id[64];
   char head[512];
   char line[160];
   struct timespec now;
   (void)clock_gettime(CLOCK_REALTIME, &now);
   api->invocations++;
   (void)snprintf(id, sizeof id, "8476a536-e9f4-11e8-9739-%012llx", (unsigned long long)api->invocations);
   (void)snprintf(line, sizeof line, "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1", id);
   int length = snprintf(head,
                         sizeof head,
                         "HTTP/1.1 200 OK\r\n"
                         "Content-Type: application/json\r\n"
                         "Lambda-Runtime-Aws-Request-Id: %s\r\n"
                         "Lambda-Runtime-Deadline-Ms: %lld\r\n"
                         "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:echo\r\n"
                         "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         id,
                         (long long)now.tv_sec * 1000 + 60000,
                         api->event_length);
   if (api->late_ms > 0) {
      (void)poll(NULL, 0, api->late_ms);
   }
   int64_t begin = clock_ns(CLOCK_MONOTONIC);
   answer(waiting->from->descriptor, head, (size_t)length, api->event, api->event_length);
   int64_t written = clock_ns(CLOCK_MONOTONIC);
   struct request response = next_request(api);
   int64_t end = clock_ns(CLOCK_MONOTONIC);
   if (strcmp(response.line, line) != 0 || response.body_length != api->event_length ||
       memcmp(response.body, api->event, api->event_length) != 0) {
      fail("expected \"%s\" with the event, found \"%s\" \"%.500s\"", line, response.line, response.body);
   }
   if (api->late_ms > 0) {
      (void)poll(NULL, 0, api->late_ms);
   }
   answer(response.from->descriptor, accepted, sizeof accepted - 1, NULL, 0);
   *waiting = expect_next(api);
   return (struct figures){.round_trip = end - written, .turn = end - begin};
}

static int
compare(const void *left, const void *right)
{
   int64_t a = *(const int64_t *)left;
   int64_t b = *(const int64_t *)right;
   return (a > b) - (a < b);
}

static int64_t
median(int64_t *values, size_t count)
{
   qsort(values, count, sizeof *values, compare);
   return values[count / 2];
}

static void
make_event(struct api *api, size_t length)
{
   static const char begin[] = "{\"data\":\"";
   api->event_length = length;
   memset(api->event, 'x', length);
   if (length < sizeof begin + 2) {
      memset(api->event, ' ', length);
      memcpy(api->event, "{}", 2);
      return;
   }
   memcpy(api->event, begin, sizeof begin - 1);
   memcpy(api->event + length - 2, "\"}", 2);
}

static void
obey(struct api *api, struct request *waiting)
{
   char line[64];
   while (fgets(line, sizeof line, stdin) != NULL) {
      size_t bytes = 0;
      size_t count = 0;
      if (sscanf(line, "%zu %zu", &bytes, &count) != 2 || bytes < 2 || bytes > BODY_MAX || count == 0) {
         fail("expected BYTES COUNT, found \"%s\"", line);
      }
      int64_t *round_trips = calloc(count, sizeof *round_trips);
      int64_t *turns = calloc(count, sizeof *turns);
      if (round_trips == NULL || turns == NULL) {
         fail("no memory");
      }
      (void)alarm(COMMAND_LIMIT_S);
      make_event(api, bytes);
      int64_t before = cpu_ns();
      for (size_t i = 0; i < count; i++) {
         struct figures figures = invoke(api, waiting);
         round_trips[i] = figures.round_trip;
         turns[i] = figures.turn;
      }
      int64_t cpu = (cpu_ns() - before) / (int64_t)count;
      (void)alarm(0);
      (void)printf(
         "%lld %lld %lld\n", (long long)median(round_trips, count), (long long)median(turns, count), (long long)cpu);
      (void)fflush(stdout);
      free(round_trips);
      free(turns);
   }
}

static void
start_program(char **arguments)
{
   pid_t pid = 0;
   int failure = posix_spawnp(&pid, arguments[0], NULL, NULL, arguments, environ);
   if (failure != 0) {
      fail("%s: %s", arguments[0], strerror(failure));
   }
   child = pid;
}

static bool
ends_within(int limit_ms)
{
   for (int waited = 0; waited < limit_ms; waited += 5) {
      if (waitpid((pid_t)child, NULL, WNOHANG) != 0) {
         return true;
      }
      (void)poll(NULL, 0, 5);
   }
   return false;
}

static void
hang_up(struct api *api)
{
   (void)close(api->listener);
   while (api->count > 0) {
      let_go(api, &api->connections[0]);
   }
}

static void
end_program(void)
{
   (void)kill((pid_t)child, SIGTERM);
   if (!ends_within(END_LIMIT_MS)) {
      (void)kill((pid_t)child, SIGKILL);
      (void)waitpid((pid_t)child, NULL, 0);
   }
}

static int
time_to_exit(char **arguments)
{
   int status = 0;
   (void)alarm(COMMAND_LIMIT_S);
   int64_t begin = clock_ns(CLOCK_MONOTONIC);
   start_program(arguments);
   if (waitpid((pid_t)child, &status, 0) != (pid_t)child || status != 0) {
      fail("%s: expected exit status 0, found wait status %#x", arguments[0], (unsigned)status);
   }
   (void)printf("%lld\n", (long long)(clock_ns(CLOCK_MONOTONIC) - begin));
   return 0;
}

static void
listen_on_any_port(struct api *api)
{
   char text[64];
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
   socklen_t size = sizeof address;
   api->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   if (api->listener < 0 || bind(api->listener, (struct sockaddr *)&address, size) != 0 ||
       listen(api->listener, CONNECTIONS_MAX) != 0 ||
       getsockname(api->listener, (struct sockaddr *)&address, &size) != 0) {
      fail("listen: %s", strerror(errno));
   }
   (void)snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
   (void)setenv("AWS_LAMBDA_RUNTIME_API", text, 1);
}

int
main(int argc, char **argv)
{
   static struct api api;
   if (argc >= 3 && strcmp(argv[1], "--to-exit") == 0) {
      return time_to_exit(argv + 2);
   }
   bool let_end = argc >= 3 && strcmp(argv[1], "--let-end") == 0;
   if (argc < 2) {
      (void)fputs("usage: api [--let-end|--to-exit] PROGRAM [ARGUMENT ...]\n", stderr);
      return 2;
   }
   struct sigaction action = {.sa_handler = on_alarm};
   (void)sigaction(SIGALRM, &action, NULL);
   (void)alarm(COMMAND_LIMIT_S);
   api.plain = malloc(BODY_MAX);
   api.event = malloc(BODY_MAX);
   if (api.plain == NULL || api.event == NULL) {
      fail("no memory");
   }
   api.late_ms = let_end ? 1 : 0;
   listen_on_any_port(&api);
   int64_t begin = clock_ns(CLOCK_MONOTONIC);
   start_program(argv + (let_end ? 2 : 1));
   struct request waiting = expect_next(&api);
   int64_t end = clock_ns(CLOCK_MONOTONIC);
   (void)alarm(0);
   (void)printf("%d %lld\n", (int)child, (long long)(end - begin));
   (void)fflush(stdout);
   obey(&api, &waiting);
   if (let_end) {
      hang_up(&api);
   }
   if (!let_end || !ends_within(LET_END_LIMIT_MS)) {
      end_program();
   }
   return 0;
}
