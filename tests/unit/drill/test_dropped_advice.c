/* The advice on the settings tried, and on the time limits of Lambda and API Gateway. */
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
   return dropped_advice(text, sizeof text, settings, 4, 30000);
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
      "With the URI as given the function recovers in 29.5 s. With Lambda's default time limit of 3 s the "
      "function fails, and so it does behind API Gateway, which waits 29 s.");
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
