/* The kept connection over days, by a clock that the test sets: a test has no time to see how long libcurl was told to
 * wait. */
#include "kept_connection.h"

#include "canned_api.h"

#include "test_main.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DAY_S (24 * 60 * 60)
#define INVOCATION CANNED_HEAD "Content-Length: 2\r\n\r\n{}"

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

static void
days_go_by(void)
{
   atomic_fetch_add(&later_s, 3 * DAY_S);
}

static struct canned_api api;
static struct kept_connection *connection;

BEFORE_EACH(set_up)
{
   api = (struct canned_api){.meanwhile = NULL};
}

static void
start(const char *const *answers)
{
   static char url[80];

   canned_api_start(&api, answers);
   (void)snprintf(url, sizeof url, "http://%s", api.address);
   connection =
      kept_connection_new(&(struct kept_connection_settings){.url = url, .get_max = 1000, .stop_descriptor = -1});
   assert_non_null(connection);
}

/* Returns how many connections there were. */
static int
finish(void)
{
   kept_connection_destroy(connection);
   return canned_api_join(&api);
}

static void
gets(void)
{
   struct kept_connection_answer answer;

   assert_true(kept_connection_get(connection, "/next", &answer));
   assert_string_equal("", answer.fault == NULL ? "" : answer.fault);
   assert_int_equal(200, answer.status);
   assert_string_equal("id-1", answer.headers->request_id);
   assert_int_equal(2, (int)answer.body->length);
}

static void
posts(void)
{
   struct kept_connection_post post = {.target = "/response", .body = "{}", .length = 2};
   struct kept_connection_answer answer;

   assert_true(kept_connection_post(connection, &post, &answer));
   assert_string_equal("", answer.fault == NULL ? "" : answer.fault);
   assert_int_equal(202, answer.status);
}

TEST(waits_for_days)
{
   static const char *const answers[] = {INVOCATION, CANNED_ACCEPTED, NULL};
   api.meanwhile = days_go_by;
   start(answers);
   gets();
   posts();
   assert_int_equal(1, finish());
}

TEST(is_the_same_after_days)
{
   static const char *const answers[] = {INVOCATION, CANNED_ACCEPTED, INVOCATION, NULL};
   start(answers);
   gets();
   days_go_by();
   posts();
   days_go_by();
   gets();
   assert_int_equal(1, finish());
}

/* Just closed: libcurl itself checks only connections that were idle for a second. */
TEST(is_another_when_the_api_closed_it)
{
   static const char *const answers[] = {INVOCATION, CANNED_ACCEPTED, NULL};
   api.closes = true;
   start(answers);
   gets();
   (void)sem_wait(&api.closed);
   posts();
   assert_int_equal(2, finish());
}
