/* The front's limit of connections: which of the refused clients keeps trying. */
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
