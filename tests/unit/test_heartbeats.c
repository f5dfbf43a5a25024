/* heartbeats: which starts are too close to the one before, and which are allowed to be. */
#include "heartbeats.h"

#include "test_main.h"

#define MS 1000

static void
poll_at(struct heartbeat_track *track, int64_t at_us, bool succeeds)
{
   (void)heartbeat_track_started(track, false, at_us);
   (void)heartbeat_track_ended(track, succeeds, at_us + 1);
}

TEST(first_one_has_no_interval)
{
   struct heartbeat_track track = {0};
   struct heartbeat_start start = heartbeat_track_started(&track, false, 5 * MS);
   assert_int_equal(start.interval_us, -1);
   assert_false(start.too_close);
   assert_false(start.unpaired);
}

TEST(polling_without_a_pause_is_too_close)
{
   struct heartbeat_track track = {0};
   poll_at(&track, 1000 * MS, true);
   struct heartbeat_start start = heartbeat_track_started(&track, false, 1000 * MS + 250);
   assert_int_equal(start.interval_us, 250);
   assert_true(start.too_close);
}

TEST(half_a_second_is_enough)
{
   struct heartbeat_track track = {0};
   poll_at(&track, 1000 * MS, true);
   assert_false(heartbeat_track_started(&track, false, 1500 * MS).too_close);
}

TEST(one_retry_after_the_error_of_a_known_server)
{
   struct heartbeat_track track = {0};
   poll_at(&track, 1000 * MS, true);
   poll_at(&track, 2000 * MS, false);
   assert_false(heartbeat_track_started(&track, false, 2000 * MS + 10).too_close);
   (void)heartbeat_track_ended(&track, false, 2000 * MS + 20);
   /* The server is unknown now, so the next check must wait. */
   assert_true(heartbeat_track_started(&track, false, 2000 * MS + 30).too_close);
}

TEST(hammering_a_server_that_never_answered_is_too_close)
{
   struct heartbeat_track track = {0};
   poll_at(&track, 1000 * MS, false);
   assert_true(heartbeat_track_started(&track, false, 1001 * MS).too_close);
}

TEST(a_command_s_network_error_allows_one)
{
   struct heartbeat_track track = {0};
   poll_at(&track, 1000 * MS, true);
   heartbeat_track_network_error(&track);
   heartbeat_track_network_error(&track);
   assert_false(heartbeat_track_started(&track, false, 1001 * MS).too_close);
   (void)heartbeat_track_ended(&track, true, 1001 * MS + 1);
   assert_true(heartbeat_track_started(&track, false, 1002 * MS).too_close);
}

TEST(a_failed_check_after_a_command_s_error_may_be_repeated_once)
{
   struct heartbeat_track track = {0};
   poll_at(&track, 1000 * MS, true);
   heartbeat_track_network_error(&track);
   assert_false(heartbeat_track_started(&track, false, 1001 * MS).too_close);
   (void)heartbeat_track_ended(&track, false, 1002 * MS);
   assert_false(heartbeat_track_started(&track, false, 1002 * MS).too_close);
   (void)heartbeat_track_ended(&track, false, 1003 * MS);
   assert_true(heartbeat_track_started(&track, false, 1003 * MS).too_close);
}

TEST(streaming_ones_follow_at_once)
{
   struct heartbeat_track track = {0};
   poll_at(&track, 1000 * MS, true);
   assert_false(heartbeat_track_started(&track, true, 1001 * MS).too_close);
   (void)heartbeat_track_ended(&track, true, 1002 * MS);
   assert_false(heartbeat_track_started(&track, true, 1002 * MS).too_close);
}

TEST(two_starts_or_two_ends_are_unpaired)
{
   struct heartbeat_track track = {0};
   assert_int_equal(heartbeat_track_ended(&track, true, 1), -1);
   (void)heartbeat_track_started(&track, false, 10);
   assert_true(heartbeat_track_started(&track, false, 1000 * MS).unpaired);
   assert_int_equal(heartbeat_track_ended(&track, true, 1000 * MS + 7), 7);
}
