/* The advice on the settings tried, on the time limits of Lambda and API Gateway, and on TCP keep-alive. */
#include "dropped_advice.h"
#include "test_main.h"

#define LOST {.outcome = DROPPED_LOST}
#define SAVED(ms) {.outcome = DROPPED_SAVED, .answer_ms = (ms)}

static char text[512];

static bool
advised(struct dropped_setting given,
        struct dropped_setting connect,
        struct dropped_setting socket,
        struct dropped_setting both)
{
   connect.uri_options = "connect";
   socket.uri_options = "socket";
   both.uri_options = "both";
   const struct dropped_setting settings[] = {given, connect, socket, both};
   return dropped_advice(TEXT_OUT(text), settings, 4, 30000);
}

#define ADVISED(given, connect, socket, both) \
   advised((struct dropped_setting)given,     \
           (struct dropped_setting)connect,   \
           (struct dropped_setting)socket,    \
           (struct dropped_setting)both)

TEST(quick_as_it_is)
{
   assert_true(ADVISED(SAVED(40), LOST, SAVED(5000), SAVED(9)));
   assert_string_equal(text, "With the URI as given the function recovers in 0.0 s.");
}

TEST(slow_as_it_is)
{
   assert_true(ADVISED(SAVED(20100), SAVED(3000), SAVED(5000), SAVED(3001)));
   assert_string_equal(
      text,
      "With the URI as given the function recovers in 20.1 s. With a time limit under 21 s, such as Lambda's "
      "default of 3 s, the function fails. With connect it recovers in 3.0 s.");
   assert_true(ADVISED(SAVED(29500), LOST, LOST, SAVED(29000)));
   assert_string_equal(
      text,
      "With the URI as given the function recovers in 29.5 s. The function fails with Lambda's default "
      "time limit of 3 s, and behind API Gateway, which waits 29 s.");
}

TEST(lost_as_it_is)
{
   assert_true(ADVISED(LOST, SAVED(10200), SAVED(2000), SAVED(1900)));
   assert_string_equal(text,
                       "With the URI as given the function does not recover within its time limit of 30 s. Add socket "
                       "to the URI: then it recovers in 2.0 s.");
   assert_true(ADVISED(LOST, SAVED(10200), LOST, SAVED(5000)));
   assert_contains(text, "Add both to the URI: then it recovers in 5.0 s. With a time limit under 6 s");
}

TEST(nothing_saves)
{
   assert_false(ADVISED(LOST, LOST, LOST, {.outcome = DROPPED_NOT_TRIED}));
   assert_string_equal(text, "");
}

TEST(what_was_not_tried_saves_nothing)
{
   assert_true(ADVISED(LOST, SAVED(2500), {.outcome = DROPPED_NOT_TRIED}, {.outcome = DROPPED_NOT_TRIED}));
   assert_contains(text, "Add connect to the URI");
}

#define PROBE_AFTER "TCP keep-alive does not help: its first probe would be sent after "
#define DURING_THE_FREEZE                                                                               \
   "TCP keep-alive probes were sent during the freeze, because here only the process is suspended. On " \
   "Lambda the kernel is frozen, too: do not rely on them."

TEST(keep_alive)
{
   static const struct {
      double probe_s, freeze_s, timeout_s;
      const char *advice;
   } cases[] = {
      {-1, 10, 30, ""},
      {120, 10, 30, PROBE_AFTER "120 s."},
      {120, 10, 120, PROBE_AFTER "120 s."},
      /* Even if the function would have the time. */
      {120, 10, 900, PROBE_AFTER "120 s, and none is sent while a command is unacknowledged."},
      {10, 10, 30, PROBE_AFTER "10 s, and none is sent while a command is unacknowledged."},
      {9.9, 10, 3, DURING_THE_FREEZE},
      {0, 10, 30, DURING_THE_FREEZE},
   };
   for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      keep_alive_advice(TEXT_OUT(text), cases[i].probe_s, cases[i].freeze_s, cases[i].timeout_s);
      assert_string_equal(text, cases[i].advice);
   }
}
