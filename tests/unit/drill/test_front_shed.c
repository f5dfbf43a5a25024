/* The front's rate limiter for commands: a token bucket per member. */
#include "shed.h"
#include "test_main.h"

#define S 1000000

static struct shed shed;

/* Of count commands at the same time. */
static unsigned
admitted(unsigned member, unsigned count, int64_t now_us)
{
   unsigned taken = 0;
   for (unsigned i = 0; i < count; i++) {
      taken += shed_takes(&shed, member, now_us) ? 0 : 1;
   }
   return taken;
}

TEST(admits_all_without_a_rate)
{
   shed_set(&shed, 0, 0, 0);
   assert_int_equal(admitted(0, 1000, 0), 1000);
}

TEST(admits_its_rate)
{
   shed_set(&shed, 5, 0, 0);
   assert_int_equal(admitted(0, 20, 0), 5);
   assert_int_equal(admitted(0, 20, S / 5), 1);
   assert_int_equal(admitted(0, 20, 3 * S / 5), 2);
}

TEST(keeps_a_second_worth_at_most)
{
   shed_set(&shed, 5, 0, 0);
   assert_int_equal(admitted(0, 20, 100 * (int64_t)S), 5);
}

TEST(members_are_apart)
{
   shed_set(&shed, 2, 0, 0);
   assert_int_equal(admitted(0, 20, 0), 2);
   assert_int_equal(admitted(1, 20, 0), 2);
}
