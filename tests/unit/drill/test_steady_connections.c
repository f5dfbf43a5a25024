/* Which series of open connections are a leak. */
#include "steady_connections.h"
#include "test_main.h"

#define INVOCATIONS_MAX 40

/* One process after the other; 0 begins another one. */
static struct steady_connections
look(const unsigned *open, size_t count)
{
   struct drill_invocation invocations[INVOCATIONS_MAX] = {0};
   struct drill_results results = {.invocations = invocations};
   bool cold = true;
   for (size_t i = 0; i < count; i++) {
      if (open[i] == 0) {
         cold = true;
         continue;
      }
      assert_true(results.invocation_count < INVOCATIONS_MAX);
      invocations[results.invocation_count++] = (struct drill_invocation){.cold = cold, .server_connections = open[i]};
      cold = false;
   }
   struct steady_connections found;
   steady_connections_look(&results, &found);
   return found;
}

#define LOOK(...) look((const unsigned[]){__VA_ARGS__}, sizeof((const unsigned[]){__VA_ARGS__}) / sizeof(unsigned))

TEST(a_client_for_each)
{
   struct steady_connections found = LOOK(14, 21, 28, 35, 42, 49, 56, 63, 70, 77);
   assert_true(found.growing);
   assert_int_equal(found.most, 77);
   assert_int_equal(found.invocations, 10);
   assert_true(LOOK(8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19).growing);
}

/* When a member dies, its connections end. */
TEST(a_leak_through_an_outage)
{
   assert_true(LOOK(14, 21, 28, 35, 42, 49, 40, 47, 54, 61, 68, 75).growing);
}

TEST(a_leak_now_and_then)
{
   unsigned open[INVOCATIONS_MAX];
   for (unsigned i = 0; i < INVOCATIONS_MAX; i++) {
      open[i] = 10 + i / 4;
   }
   assert_true(look(open, INVOCATIONS_MAX).growing);
}

TEST(a_pool_that_fills)
{
   assert_false(LOOK(37, 37, 37, 37, 37, 37, 37, 37, 37, 37).growing);
   assert_false(LOOK(9, 14, 19, 24, 29, 34, 37, 37, 37, 37).growing);
   assert_false(LOOK(9, 36, 36, 24, 36, 37, 37, 38, 38, 38, 38, 38).growing);
}

TEST(too_few_to_tell)
{
   struct steady_connections found = LOOK(14, 21, 28, 35, 42, 49, 56, 63, 70);
   assert_false(found.growing);
   assert_int_equal(found.invocations, 9);
}

TEST(each_process_has_its_own)
{
   struct steady_connections found = LOOK(10, 11, 12, 0, 13, 14, 15, 16, 0, 17, 18, 19, 20, 21);
   assert_false(found.growing);
   assert_int_equal(found.most, 21);
   assert_int_equal(found.invocations, 5);
   assert_true(LOOK(7, 7, 0, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 0, 7).growing);
}

TEST(those_nobody_looked_at)
{
   struct drill_invocation invocations[] = {{.cold = true}, {.instance = 1}};
   const struct drill_results results = {.invocations = invocations, .invocation_count = 2};
   struct steady_connections found;
   steady_connections_look(&results, &found);
   assert_int_equal(found.most, 0);
   assert_int_equal(found.invocations, 0);
}
