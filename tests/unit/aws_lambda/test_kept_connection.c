/* The kept connection over days, by a clock that the test sets: a test has no time to see how long libcurl was told to
 * wait. */
#include "kept_connection.h"

#include "test_main.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DAY_S (24 * 60 * 60)
#define INVOCATION "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\nContent-Length: 2\r\n\r\n{}"
#define ACCEPTED "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"

static atomic_int later_s;

/* libcurl uses it, too: it gets the time from the C library, and the program's functions precede the library's. */
__attribute__((visibility("default"))) int
clock_gettime(clockid_t clock, struct timespec *now)
{
   int result = (int)syscall(SYS_clock_gettime, clock, now);

   if (result == 0) {
      now->tv_sec += atomic_load(&later_s);
   }
   return result;
}

/* An API that answers one request after the other, on any number of connections. */
struct canned_answer {
   const char *text;
   bool days_go_by; /* within the text */
   bool then_closes;
};

struct canned_api {
   const struct canned_answer *answers;
   size_t count;
   int connections;
   int listener;
   char url[64];
   pthread_t thread;
   sem_t closed;
};

/* Returns false when the client closed the connection instead. */
static bool
read_request(int connection)
{
   char text[4096] = "";
   size_t length = 0;

   while (strstr(text, "\r\n\r\n") == NULL || (text[0] == 'P' && strstr(text, "{}") == NULL)) {
      ssize_t got = recv(connection, text + length, sizeof text - 1 - length, 0);

      if (got <= 0) {
         return false;
      }
      length += (size_t)got;
      text[length] = '\0';
   }
   return true;
}

static void
say(int connection, const struct canned_answer *answer)
{
   size_t half = answer->days_go_by ? strlen(answer->text) / 2 : 0;

   (void)send(connection, answer->text, half, MSG_NOSIGNAL);
   if (answer->days_go_by) {
      atomic_fetch_add(&later_s, 3 * DAY_S);
   }
   (void)send(connection, answer->text + half, strlen(answer->text) - half, MSG_NOSIGNAL);
}

/* Waits until the client's end knows of it. */
static void
close_here(struct canned_api *api, int connection)
{
   struct tcp_info info = {0};

   (void)shutdown(connection, SHUT_WR);
   do {
      socklen_t length = sizeof info;
      (void)getsockopt(connection, IPPROTO_TCP, TCP_INFO, &info, &length);
   } while (info.tcpi_state == TCP_FIN_WAIT1);
   (void)sem_post(&api->closed);
}

static void *
serve(void *context)
{
   struct canned_api *api = context;

   for (size_t i = 0; i < api->count; api->connections++) {
      int connection = accept(api->listener, NULL, NULL);

      for (bool open = true; open && i < api->count && read_request(connection); i++) {
         say(connection, &api->answers[i]);
         if (api->answers[i].then_closes) {
            close_here(api, connection);
            open = false;
         }
      }
      close(connection);
   }
   return NULL;
}

static struct kept_connection *
start(struct canned_api *api, const struct canned_answer *answers, size_t count)
{
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
   socklen_t length = sizeof address;

   *api = (struct canned_api){.answers = answers, .count = count};
   api->listener = socket(AF_INET, SOCK_STREAM, 0);
   assert_int_equal(0, bind(api->listener, (struct sockaddr *)&address, sizeof address));
   assert_int_equal(0, listen(api->listener, 4));
   assert_int_equal(0, getsockname(api->listener, (struct sockaddr *)&address, &length));
   (void)snprintf(api->url, sizeof api->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
   assert_int_equal(0, sem_init(&api->closed, 0, 0));
   assert_int_equal(0, pthread_create(&api->thread, NULL, serve, api));
   struct kept_connection *connection = kept_connection_new(&(struct kept_connection_settings){
      .url = api->url, .get_target = "/next", .get_max = 1000, .stop_descriptor = -1});
   assert_non_null(connection);
   return connection;
}

/* Returns how many connections there were. */
static int
finish(struct canned_api *api, struct kept_connection *connection)
{
   kept_connection_destroy(connection);
   pthread_join(api->thread, NULL);
   close(api->listener);
   sem_destroy(&api->closed);
   return api->connections;
}

static void
gets(struct kept_connection *connection)
{
   struct kept_connection_answer answer;

   assert_true(kept_connection_get(connection, &answer));
   assert_string_equal("", answer.fault == NULL ? "" : answer.fault);
   assert_int_equal(200, answer.status);
   assert_string_equal("id-1", answer.headers->request_id);
   assert_int_equal(2, (int)answer.body->length);
}

static void
posts(struct kept_connection *connection)
{
   struct kept_connection_post post = {.target = "/response", .body = "{}", .length = 2};
   struct kept_connection_answer answer;

   assert_true(kept_connection_post(connection, &post, &answer));
   assert_string_equal("", answer.fault == NULL ? "" : answer.fault);
   assert_int_equal(202, answer.status);
}

TEST(waits_for_days)
{
   static const struct canned_answer answers[] = {{.text = INVOCATION, .days_go_by = true},
                                                  {.text = ACCEPTED, .days_go_by = true}};
   struct canned_api api;
   struct kept_connection *connection = start(&api, answers, 2);

   gets(connection);
   posts(connection);
   assert_int_equal(1, finish(&api, connection));
}

TEST(is_the_same_after_days)
{
   static const struct canned_answer answers[] = {{.text = INVOCATION}, {.text = ACCEPTED}, {.text = INVOCATION}};
   struct canned_api api;
   struct kept_connection *connection = start(&api, answers, 3);

   gets(connection);
   atomic_fetch_add(&later_s, 3 * DAY_S);
   posts(connection);
   atomic_fetch_add(&later_s, 3 * DAY_S);
   gets(connection);
   assert_int_equal(1, finish(&api, connection));
}

/* Just closed: libcurl itself checks only connections that were idle for a second. */
TEST(is_another_when_the_api_closed_it)
{
   static const struct canned_answer answers[] = {{.text = INVOCATION, .then_closes = true}, {.text = ACCEPTED}};
   struct canned_api api;
   struct kept_connection *connection = start(&api, answers, 2);

   gets(connection);
   (void)sem_wait(&api.closed);
   posts(connection);
   assert_int_equal(2, finish(&api, connection));
}
