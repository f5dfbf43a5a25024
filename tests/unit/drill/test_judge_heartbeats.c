/* The rules heartbeat_interval and rtt_connection. */
#include "judge_case.h"
#include "short_memory.h"

/* --- heartbeat_interval ------------------------------------------------------------------------------------------- */

TEST(heartbeats)
{
   size_t one = connect_to(0, S);
   hello(one, S, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_SKIPPED, "no connection carried two polling hellos");
   hello(one, S + 490 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_PASS, "at least 490 ms apart");
   hello(one, S + 491 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "1 of 2 less than 500 ms after the previous one, the closest 1 ms");
   assert_float_equal(finding.measured, 1, 0.001);
}

/* Many functions that start at once delay each other's hellos, and the front. */
TEST(hellos_on_a_busy_machine)
{
   size_t monitor = connect_to(0, 1 * S);
   hello(monitor, 1 * S, WITNESS_PLAIN);
   hello(monitor, 1 * S + 470 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "the closest 470 ms");
   invocations[0].alone = false;
   judged("heartbeat_interval", JUDGE_PASS, "470 ms apart");
   hello(monitor, 1 * S + 860 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "1 of 2 less than 500 ms after the previous one, the closest 390 ms");
}

TEST(an_awaitable_hello_follows_at_once)
{
   size_t one = connect_to(0, S);
   hello(one, S, WITNESS_PLAIN);
   hello(one, S + 1 * MS, WITNESS_AWAITABLE);
   hello(one, S + 2 * MS, WITNESS_AWAITABLE);
   judged("heartbeat_interval", JUDGE_SKIPPED, "no connection carried two");
}

TEST(a_new_connection_may_look_at_once)
{
   hello(connect_to(0, S), S, WITNESS_PLAIN);
   size_t other = connect_to(0, S + MS);
   hello(other, S + MS, WITNESS_PLAIN);
   hello(other, S + 600 * MS, WITNESS_PLAIN);
   hello(other, S + 1200 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_PASS, "600 ms apart");
}

/* Begins again with a monitor that checks a healthy set every second, in a process that runs from 1 to 20 s. */
static void
poll_every_second(void)
{
   set_up();
   size_t monitor = connect_to(0, S);
   for (int64_t i = 1; i < 12; i++) {
      hello(monitor, i * S, WITNESS_PLAIN);
   }
   invocations[0].end_us = invocations[0].runs_until_us = 20 * S;
}

TEST(polls_more_often_than_asked)
{
   poll_every_second();
   /* Those of the first two seconds are its discovery. */
   judged("heartbeat_interval", JUDGE_FAIL, "7 of 7 less than heartbeatFrequencyMS (10000 ms)");
   assert_contains(finding.detail, "the closest 1e+03 ms, on 127.0.0.1:27017");
   assert_contains(finding.advice, "--uri-options");
   seen.heartbeat_frequency_ms = 1015;
   judged("heartbeat_interval", JUDGE_PASS, "7 of them judged by heartbeatFrequencyMS (1015 ms)");
   seen.heartbeat_frequency_ms = 1016;
   judged("heartbeat_interval", JUDGE_FAIL, "(1016 ms)");
}

/* There may have been a reason for each hello. */
static void
not_judged(void)
{
   judged("heartbeat_interval", JUDGE_PASS, "1000 ms apart, in 10 pairs; heartbeatFrequencyMS not judged");
}

TEST(what_calls_for_a_look)
{
   /* The set is not whole, and stays so; or becomes whole late. */
   poll_every_second();
   unrests[facts.unrest_count++] = (struct witness_unrest){.start_us = 2 * S};
   not_judged();
   unrests[0] = (struct witness_unrest){.start_us = S, .end_us = 9 * S + S / 2};
   not_judged();
   /* Commands fail. */
   poll_every_second();
   for (int64_t i = 2; i < 12; i += 3) {
      fail_command(command(connect_to(1, 0), "insert", i * S));
   }
   not_judged();
   /* Connections end. */
   poll_every_second();
   for (int64_t i = 2; i < 7; i++) {
      struct witness_connection *one = &connections[connect_to(1, 0)];
      one->end = WITNESS_CLOSED_BY_MEMBER;
      one->closed_us = i * 2 * S;
   }
   not_judged();
   /* Connections are made. */
   poll_every_second();
   for (int64_t i = 2; i < 7; i++) {
      connect_to(1, i * 2 * S);
   }
   not_judged();
   /* Packets vanish. */
   poll_every_second();
   struct witness_connection *dropped = &connections[connect_to(1, 0)];
   dropped->end = WITNESS_DROPPED;
   dropped->closed_us = S;
   not_judged();
   /* Hellos fail. */
   poll_every_second();
   for (size_t i = 0; i < facts.hello_count; i += 2) {
      facts.hellos[i].outcome = WITNESS_NO_REPLY;
   }
   not_judged();
   /* The process is suspended, not alone, or not all was kept. */
   poll_every_second();
   invocations[0].runs_until_us = 4 * S;
   not_judged();
   poll_every_second();
   invocations[0].alone = false;
   not_judged();
   poll_every_second();
   facts.counts.left_out = 1;
   not_judged();
   /* The hellos are the function's own. */
   poll_every_second();
   command(0, "find", 3 * S);
   not_judged();
}

/* It learns after the thaw what happened while it was suspended. */
TEST(after_the_thaw)
{
   poll_every_second();
   connections[0].opened_us = -10 * S;
   invocations[0].suspended_us = -8 * S;
   judged("heartbeat_interval", JUDGE_FAIL, "10 of 10 less than heartbeatFrequencyMS");
   unrests[facts.unrest_count++] = (struct witness_unrest){.start_us = -7 * S, .end_us = -6 * S};
   judged("heartbeat_interval", JUDGE_FAIL, "8 of 8 less than heartbeatFrequencyMS");
   invocations[0].suspended_us = -5 * S;
   judged("heartbeat_interval", JUDGE_FAIL, "10 of 10 less than heartbeatFrequencyMS");
}

/* --- rtt_connection ----------------------------------------------------------------------------------------------- */

TEST(round_trips)
{
   size_t monitor = connect_to(0, S);
   judged("rtt_connection", JUDGE_SKIPPED, "no monitoring connection");
   hello(monitor, S, WITNESS_PLAIN);
   hello(monitor, 2 * S, WITNESS_PLAIN);
   size_t application = connect_to(0, S);
   hello(application, S, WITNESS_PLAIN);
   command(application, "find", S);
   judged("rtt_connection", JUDGE_PASS, "one monitoring connection to each member");
   size_t second = connect_to(0, S + 10 * MS);
   hello(second, S + 10 * MS, WITNESS_PLAIN);
   hello(second, S + 11 * MS, WITNESS_PLAIN);
   judged("rtt_connection", JUDGE_WARNING, "has 1 extra connection to measure round trips");
   judged("heartbeat_interval", JUDGE_PASS, "1000 ms apart");
   hello(second, S + 12 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "closest 1 ms");
   invocations[0].alone = false;
   judged("rtt_connection", JUDGE_SKIPPED, "");
}

TEST(round_trips_of_a_driver_that_streams)
{
   hello(connect_to(0, S), S, WITNESS_EXHAUST);
   judged("rtt_connection", JUDGE_SKIPPED, "the driver streams, which requires such connections");
}

TEST(round_trips_out_of_memory)
{
   short_memory_begin(0);
   judged("rtt_connection", JUDGE_SKIPPED, "out of memory: could not find the connections that measure round trips");
   short_memory_end();
}

/* At 50 ms a round trip the first hello comes 100 ms after the connection. */
TEST(round_trips_far_away_with_tls)
{
   for (unsigned i = 0; i < 2; i++) {
      size_t one = connect_to(0, S + i * 150 * MS);
      connections[one].secured_us = connections[one].opened_us + 105 * MS;
      hello(one, connections[one].opened_us + 105 * MS, WITNESS_PLAIN);
      hello(one, connections[one].opened_us + (i == 0 ? 2000 : 155) * MS, WITNESS_PLAIN);
   }
   judged("heartbeat_interval", JUDGE_PASS, "2000 ms apart");
   hello(1, connections[1].opened_us + 160 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "closest 5 ms");
}

TEST(round_trips_beside_a_dropped_monitor)
{
   size_t monitor = connect_to(0, S);
   hello(monitor, S, WITNESS_PLAIN);
   hello(monitor, 2 * S, WITNESS_PLAIN);
   connections[monitor].end = WITNESS_DROPPED;
   connections[monitor].closed_us = 2500 * MS;
   size_t late = connect_to(0, 3 * S);
   hello(late, 3 * S, WITNESS_PLAIN);
   hello(late, 3 * S + 3 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "closest 3 ms");
   size_t monitor_of_another = connect_to(1, S);
   hello(monitor_of_another, S, WITNESS_PLAIN);
   size_t round_trip = connect_to(1, S + MS);
   hello(round_trip, S + MS, WITNESS_PLAIN);
   hello(round_trip, S + 2 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_PASS, "1000 ms apart");
   hello(late, 3 * S + 6 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "closest 3 ms");
   connections[monitor].end = WITNESS_CLOSED_BY_MEMBER;
   judged("heartbeat_interval", JUDGE_FAIL, "2 of");
}
