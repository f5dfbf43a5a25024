/* The front's limits: which of the refused clients keeps trying; a token bucket per member, from which waiting
 * connections borrow. */
#include "limit.h"
#include "test_main.h"

static struct limit limit;

BEFORE_EACH(set_up)
{
   limit = (struct limit){.owner_fd = -1};
   limit_set(&limit, 1);
}

static void
try_often(uid_t user, int64_t second, unsigned times)
{
   for (unsigned i = 0; i < times; i++) {
      limit_count_client(&limit, user, second);
   }
}

TEST(one_among_calm_ones)
{
   for (int64_t second = 0; second < 5; second++) {
      try_often(1, second, 6);
      try_often(2, second, second > 2 ? 300 : 6);
   }
   assert_int_equal(limit.told.clients, 2);
   assert_int_equal(limit.told.sustained, 300);
}

/* All start in the same second, and one second alone is not sustained. */
TEST(a_burst_is_not_kept_up)
{
   try_often(1, 3, 500);
   try_often(1, 4, 500);
   assert_int_equal(limit.told.sustained, 0);
   try_often(1, 6, 500);
   assert_int_equal(limit.told.sustained, 0);
   try_often(1, 7, 4);
   assert_int_equal(limit.told.sustained, 4);
}

TEST(a_new_limit_forgets)
{
   try_often(1, 1, 5);
   try_often(1, 2, 5);
   try_often(1, 3, 5);
   assert_int_equal(limit.told.sustained, 5);
   limit_set(&limit, 1);
   assert_int_equal(limit.told.sustained, 0);
   assert_int_equal(limit.told.clients, 0);
}

/* --- rates ---------------------------------------------------------------------------------------------------------
 */

#define S 1000000

static struct pace pace;

/* Returns how long a connection waits, in ms; -1: it is refused. */
static int
wait_ms(unsigned waiting, int64_t now_us)
{
   int64_t wait_us;
   return pace_refuses(&pace, 0, waiting, now_us, &wait_us) ? -1 : (int)(wait_us / 1000);
}

TEST(all_come_in_without_a_rate)
{
   pace_set(&pace, 0, 0, 0);
   for (unsigned i = 0; i < 1000; i++) {
      assert_int_equal(wait_ms(0, 0), 0);
   }
}

TEST(without_a_queue_the_rest_is_refused)
{
   pace_set(&pace, 10, 0, 5 * S);
   for (unsigned i = 0; i < 10; i++) {
      assert_int_equal(wait_ms(0, 5 * S), 0);
   }
   assert_int_equal(wait_ms(0, 5 * S), -1);
   assert_int_equal(wait_ms(0, 5 * S + 99000), -1);
   assert_int_equal(wait_ms(0, 5 * S + 101000), 0);
   assert_int_equal(wait_ms(0, 5 * S + 102000), -1);
   int64_t wait_us;
   assert_false(pace_refuses(&pace, 1, 0, 5 * S, &wait_us));
}

TEST(tokens_of_one_second_are_kept)
{
   pace_set(&pace, 2, 0, 0);
   assert_int_equal(wait_ms(0, 100 * (int64_t)S), 0);
   assert_int_equal(wait_ms(0, 100 * (int64_t)S), 0);
   assert_int_equal(wait_ms(0, 100 * (int64_t)S), -1);
}

TEST(a_queue_has_its_length)
{
   pace_set(&pace, 10, 3, 0);
   for (unsigned i = 0; i < 10; i++) {
      assert_int_equal(wait_ms(0, 0), 0);
   }
   assert_int_equal(wait_ms(0, 0), 100);
   assert_int_equal(wait_ms(1, 0), 200);
   assert_int_equal(wait_ms(2, 0), 300);
   assert_int_equal(wait_ms(3, 0), -1);
   /* Two were let in, and the third has borrowed the token of 0.3 s. */
   assert_int_equal(wait_ms(1, S / 4), 150);
   assert_int_equal(wait_ms(0, 10 * S), 0);
}
