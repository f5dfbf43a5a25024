/* heartbeats: which starts are too close to the one before, and which are allowed to be. */
#include "heartbeats.h"

#include "test_main.h"

#define MS 1000

static struct heartbeat_track track;

BEFORE_EACH(set_up)
{
   track = (struct heartbeat_track){0};
}

static bool
starts_too_close(bool awaited, int64_t at_us)
{
   return heartbeat_track_started(&track, awaited, at_us).too_close;
}

static void
ends(bool succeeds, int64_t at_us)
{
   (void)heartbeat_track_ended(&track, succeeds, at_us);
}

static void
poll_at(int64_t at_us, bool succeeds)
{
   (void)starts_too_close(false, at_us);
   ends(succeeds, at_us + 1);
}

TEST(first_one_has_no_interval)
{
   struct heartbeat_start start = heartbeat_track_started(&track, false, 5 * MS);
   assert_int_equal(start.interval_us, -1);
   assert_false(start.too_close);
   assert_false(start.unpaired);
}

TEST(polling_without_a_pause_is_too_close)
{
   poll_at(1000 * MS, true);
   struct heartbeat_start start = heartbeat_track_started(&track, false, 1000 * MS + 250);
   assert_int_equal(start.interval_us, 250);
   assert_true(start.too_close);
}

TEST(half_a_second_is_enough)
{
   poll_at(1000 * MS, true);
   assert_false(starts_too_close(false, 1500 * MS));
}

TEST(one_retry_after_the_error_of_a_known_server)
{
   poll_at(1000 * MS, true);
   poll_at(2000 * MS, false);
   assert_false(starts_too_close(false, 2000 * MS + 10));
   ends(false, 2000 * MS + 20);
   /* The server is unknown now, so the next check must wait. */
   assert_true(starts_too_close(false, 2000 * MS + 30));
}

TEST(hammering_a_server_that_never_answered_is_too_close)
{
   poll_at(1000 * MS, false);
   assert_true(starts_too_close(false, 1001 * MS));
}

TEST(a_command_s_network_error_allows_one)
{
   poll_at(1000 * MS, true);
   heartbeat_track_network_error(&track);
   heartbeat_track_network_error(&track);
   assert_false(starts_too_close(false, 1001 * MS));
   ends(true, 1001 * MS + 1);
   assert_true(starts_too_close(false, 1002 * MS));
}

TEST(a_failed_check_after_a_command_s_error_may_be_repeated_once)
{
   poll_at(1000 * MS, true);
   heartbeat_track_network_error(&track);
   assert_false(starts_too_close(false, 1001 * MS));
   ends(false, 1002 * MS);
   assert_false(starts_too_close(false, 1002 * MS));
   ends(false, 1003 * MS);
   assert_true(starts_too_close(false, 1003 * MS));
}

TEST(streaming_ones_follow_at_once)
{
   poll_at(1000 * MS, true);
   assert_false(starts_too_close(true, 1001 * MS));
   ends(true, 1002 * MS);
   assert_false(starts_too_close(true, 1002 * MS));
}

TEST(two_starts_or_two_ends_are_unpaired)
{
   assert_int_equal(heartbeat_track_ended(&track, true, 1), -1);
   (void)starts_too_close(false, 10);
   assert_true(heartbeat_track_started(&track, false, 1000 * MS).unpaired);
   assert_int_equal(heartbeat_track_ended(&track, true, 1000 * MS + 7), 7);
}
