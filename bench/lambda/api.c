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
#include "requests.h"

#include <spawn.h>

#define COMMAND_LIMIT_S 120
#define END_LIMIT_MS 5000
#define LET_END_LIMIT_MS 2000

struct api {
   struct requests requests;
   char *event;
   size_t event_length;
   uint64_t invocations;
   int late_ms;
};

extern char **environ;

static void
kill_child(void)
{
   if (child > 0) {
      (void)kill((pid_t)child, SIGKILL);
   }
}

static void
on_alarm(int number)
{
   static const char text[] = "api: no answer in time\n";
   (void)number;
   (void)!write(STDERR_FILENO, text, sizeof text - 1);
   kill_child();
   _exit(1);
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
answer(int descriptor, const char *head, size_t head_length, const char *body, size_t body_length)
{
   if (!send_all(descriptor, head, head_length, body, body_length)) {
      fail("send: %s", strerror(errno));
   }
}

static struct request
expect_next(struct api *api)
{
   struct request request = next_request(&api->requests);
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
   struct request response = next_request(&api->requests);
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
         child = 0;
         return true;
      }
      (void)poll(NULL, 0, 5);
   }
   return false;
}

static void
hang_up(struct api *api)
{
   (void)close(api->requests.listener);
   while (api->requests.count > 0) {
      let_go(&api->requests, &api->requests.connections[0]);
   }
}

static void
end_program(void)
{
   (void)kill((pid_t)child, SIGTERM);
   if (!ends_within(END_LIMIT_MS)) {
      kill_child();
      (void)waitpid((pid_t)child, NULL, 0);
      child = 0;
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
      child = 0;
      fail("%s: expected exit status 0, found wait status %#x", arguments[0], (unsigned)status);
   }
   child = 0;
   (void)printf("%lld\n", (long long)(clock_ns(CLOCK_MONOTONIC) - begin));
   return 0;
}

static void
listen_on_any_port(struct requests *requests)
{
   char text[64];
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
   socklen_t size = sizeof address;
   requests->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   if (requests->listener < 0 || bind(requests->listener, (struct sockaddr *)&address, size) != 0 ||
       listen(requests->listener, CONNECTIONS_MAX) != 0 ||
       getsockname(requests->listener, (struct sockaddr *)&address, &size) != 0) {
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
   (void)atexit(kill_child);
   (void)alarm(COMMAND_LIMIT_S);
   api.requests.plain = malloc(BODY_MAX);
   api.event = malloc(BODY_MAX);
   if (api.requests.plain == NULL || api.event == NULL) {
      fail("no memory");
   }
   api.late_ms = let_end ? 1 : 0;
   listen_on_any_port(&api.requests);
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
