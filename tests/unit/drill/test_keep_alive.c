/* The advice on TCP keep-alive, by the time of its first probe, the freeze and the function's time limit. */
#include "keep_alive.h"
#include "test_main.h"

static char advice[256];

static bool
says(double probe_s, double freeze_s, double timeout_s, const char *words)
{
   keep_alive_advice(advice, sizeof advice, probe_s, freeze_s, timeout_s);
   assert_true(strlen(advice) < sizeof advice - 1);
   return strstr(advice, words) != NULL;
}

TEST(none_is_not_mentioned)
{
   keep_alive_advice(advice, sizeof advice, -1, 10, 30);
   assert_string_equal(advice, "");
}

TEST(too_late_for_the_function)
{
   keep_alive_advice(advice, sizeof advice, 120, 10, 30);
   assert_string_equal(advice, "TCP keep-alive does not help: its first probe would be sent after 120 s.");
   assert_true(says(120, 10, 120, "after 120 s."));
}

/* Even if the function would have the time. */
TEST(none_while_a_command_is_unacknowledged)
{
   assert_true(says(120, 10, 900, "does not help"));
   assert_true(says(120, 10, 900, "after 120 s, and none is sent while a command is unacknowledged"));
   assert_true(says(10, 10, 30, "after 10 s, and none"));
}

TEST(probes_of_the_drills_kernel)
{
   assert_true(says(2, 10, 30, "during the freeze, because here only the process is suspended"));
   assert_true(says(2, 10, 30, "do not rely on them"));
   assert_null(strstr(advice, "no help"));
   assert_true(says(9.9, 10, 3, "during the freeze"));
   assert_true(says(0, 10, 30, "during the freeze"));
}
