/* How late a message is: from a slow member, and on a network that loses packets. */
#include "delays.h"
#include "test_main.h"

#define MESSAGES 20000

static struct delays delays;

TEST(a_member_is_late_by_itself)
{
   uint64_t lost = 0;
   delays_set(&delays, &(struct front_delays){.late_ms = {0, 5000, 0}});
   assert_true(delays_are_any(&delays));
   assert_int_equal(delays_next_us(&delays, 0, true, &lost), 0);
   assert_int_equal(delays_next_us(&delays, 1, true, &lost), 5000000);
   assert_int_equal(delays_next_us(&delays, 1, false, &lost), 5000000);
   assert_int_equal(lost, 0);
   delays_set(&delays, &(struct front_delays){.loss_percent = 0});
   assert_false(delays_are_any(&delays));
   assert_int_equal(delays_next_us(&delays, 1, true, &lost), 0);
}

TEST(loss_is_what_was_asked_for)
{
   uint64_t lost = 0;
   unsigned late = 0, twice = 0;
   delays_set(&delays, &(struct front_delays){.loss_percent = 5});
   for (unsigned i = 0; i < MESSAGES; i++) {
      int64_t by_us = delays_next_us(&delays, i % FRONT_MEMBERS, true, &lost);
      assert_int_equal(by_us % 200000, 0);
      late += by_us > 0 ? 1 : 0;
      twice += by_us > 200000 ? 1 : 0;
   }
   /* Of each message and its answer 1 - 0.95² are late, some of them more than once. */
   assert_true(late > MESSAGES / 11 && late < MESSAGES / 9);
   assert_true(twice > MESSAGES / 300 && twice < MESSAGES / 80);
   assert_true(lost > late);
}

TEST(each_further_time_takes_twice_as_long)
{
   uint64_t lost = 0;
   delays_set(&delays, &(struct front_delays){.loss_percent = 100});
   int64_t one_way_us = (200 + 400 + 800 + 1600 + 3200 + 6400) * 1000LL;
   assert_int_equal(delays_next_us(&delays, 0, true, &lost), 2 * one_way_us);
   assert_int_equal(lost, 12);
}

/* However many hellos come in between. */
TEST(commands_meet_the_same_again)
{
   static int64_t first[MESSAGES];
   uint64_t lost = 0;
   const struct front_delays loss = {.loss_percent = 5};
   delays_set(&delays, &loss);
   for (unsigned i = 0; i < MESSAGES; i++) {
      first[i] = delays_next_us(&delays, 0, true, &lost);
   }
   delays_set(&delays, &loss);
   for (unsigned i = 0; i < MESSAGES; i++) {
      if (i % 3 == 0) {
         (void)delays_next_us(&delays, 0, false, &lost);
      }
      assert_int_equal(delays_next_us(&delays, 0, true, &lost), first[i]);
   }
}
