/* capture: windows, counts, the cost of a flood, and many threads at once. */
#include "capture.h"

#include "test_main.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct fixture {
   struct capture *capture;
   struct capture_snapshot *snapshot;
};

static int
set_up(void **state)
{
   static struct fixture fixture;
   fixture.capture = capture_new(1, NULL);
   fixture.snapshot = capture_snapshot_new(NULL);
   *state = &fixture;
   return fixture.capture == NULL || fixture.snapshot == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
   struct fixture *fixture = *state;
   capture_destroy(fixture->capture);
   capture_snapshot_destroy(fixture->snapshot);
   return 0;
}

static struct capture_command
command(const char *name, int64_t request_id, int64_t operation_id)
{
   return (struct capture_command){
      .name = name, .server = "db:27017", .request_id = request_id, .operation_id = operation_id};
}

static void
run_command(struct capture *capture, const char *name, int64_t request_id, int64_t operation_id, const char *error)
{
   struct capture_command one = command(name, request_id, operation_id);
   capture_command_started(capture, &one);
   capture_command_ended(capture, &one, error, error != NULL);
}

static void
heartbeat(struct capture *capture, const char *server, bool awaited, const char *error)
{
   capture_heartbeat_started(capture, CAPTURE_MONITOR_OF_PROCESS, server, awaited);
   if (error == NULL) {
      capture_heartbeat_succeeded(capture, CAPTURE_MONITOR_OF_PROCESS, server, awaited, "primary of rs");
   } else {
      capture_heartbeat_failed(capture, CAPTURE_MONITOR_OF_PROCESS, server, awaited, error);
   }
}

static void
counts_of_a_window(void **state)
{
   struct fixture *fixture = *state;
   capture_begin(fixture->capture, 0, 1);
   heartbeat(fixture->capture, "a:1", false, NULL);
   heartbeat(fixture->capture, "b:1", false, "connection refused");
   heartbeat(fixture->capture, "c:1", true, "");
   run_command(fixture->capture, "insert", 1, 1, NULL);
   run_command(fixture->capture, "delete", 2, 2, "socket error");
   capture_connection_created(fixture->capture, 0, CONNECTION_APPLICATION, 1);
   capture_connection_created(fixture->capture, 0, CONNECTION_MONITORING, 2);
   capture_connection_closed(fixture->capture, 0, CONNECTION_MONITORING, 2);
   capture_end(fixture->capture, 0, fixture->snapshot);
   const struct capture_snapshot *snapshot = fixture->snapshot;
   assert_int_equal(snapshot->heartbeats.started, 3);
   assert_int_equal(snapshot->heartbeats.succeeded, 1);
   assert_int_equal(snapshot->heartbeats.failed, 1);
   assert_int_equal(snapshot->heartbeats.cancelled, 1);
   assert_int_equal(snapshot->heartbeats.awaited, 1);
   assert_int_equal(snapshot->heartbeats.duration_count, 2);
   assert_int_equal(snapshot->commands.started, 2);
   assert_int_equal(snapshot->commands.succeeded, 1);
   assert_int_equal(snapshot->commands.failed, 1);
   assert_int_equal(snapshot->application.open, 1);
   assert_int_equal(snapshot->monitoring.created, 1);
   assert_int_equal(snapshot->monitoring.closed, 1);
   assert_int_equal(snapshot->monitoring.open, 0);
   assert_int_equal(snapshot->life.unpaired, 0);
}

static void
next_window_starts_empty_but_remembers_life(void **state)
{
   struct fixture *fixture = *state;
   capture_begin(fixture->capture, 0, 1);
   heartbeat(fixture->capture, "a:1", true, NULL);
   capture_connection_created(fixture->capture, 0, CONNECTION_APPLICATION, 1);
   capture_end(fixture->capture, 0, fixture->snapshot);
   capture_begin(fixture->capture, 0, 2);
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(fixture->snapshot->heartbeats.started, 0);
   assert_int_equal(fixture->snapshot->heartbeats.shortest_interval_us, -1);
   assert_int_equal(fixture->snapshot->application.created, 0);
   assert_int_equal(fixture->snapshot->application.open, 1);
   assert_int_equal(fixture->snapshot->life.heartbeats_awaited, 1);
}

static void
between_two_invocations_belongs_to_the_later_report(void **state)
{
   struct fixture *fixture = *state;
   capture_begin(fixture->capture, 0, 1);
   capture_end(fixture->capture, 0, fixture->snapshot);
   heartbeat(fixture->capture, "a:1", false, NULL);
   int64_t begun_us = capture_begin(fixture->capture, 0, 2);
   run_command(fixture->capture, "insert", 1, 1, NULL);
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(event_ring_count(&fixture->snapshot->heartbeat_events), 2);
   assert_int_equal(event_ring_at(&fixture->snapshot->heartbeat_events, 0)->invocation, 0);
   assert_true(event_ring_at(&fixture->snapshot->heartbeat_events, 1)->at_us <= begun_us);
   assert_int_equal(event_ring_at(&fixture->snapshot->command_events, 0)->invocation, 2);
   assert_true(event_ring_at(&fixture->snapshot->command_events, 0)->at_us >= begun_us);
}

static void
retry_keeps_its_operation_id(void **state)
{
   struct fixture *fixture = *state;
   run_command(fixture->capture, "insert", 1, 7, "socket error");
   run_command(fixture->capture, "insert", 2, 7, NULL);
   run_command(fixture->capture, "delete", 3, 7, NULL);
   run_command(fixture->capture, "delete", 4, 8, NULL);
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(fixture->snapshot->commands.retried, 1);
}

static void
polling_without_a_pause_is_noticed(void **state)
{
   struct fixture *fixture = *state;
   heartbeat(fixture->capture, "a:1", false, NULL);
   heartbeat(fixture->capture, "b:1", false, NULL);
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(fixture->snapshot->life.heartbeats_too_close, 0);
   heartbeat(fixture->capture, "a:1", false, NULL);
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(fixture->snapshot->life.heartbeats_too_close, 1);
   assert_string_equal(fixture->snapshot->life.closest_server, "a:1");
   assert_true(fixture->snapshot->heartbeats.shortest_interval_us >= 0);
}

static void
network_error_of_a_command_excuses_a_heartbeat(void **state)
{
   struct fixture *fixture = *state;
   heartbeat(fixture->capture, "db:27017", false, NULL);
   run_command(fixture->capture, "insert", 1, 1, "socket error");
   heartbeat(fixture->capture, "db:27017", false, NULL);
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(fixture->snapshot->life.heartbeats_too_close, 0);
}

static void
ends_without_a_start_are_unpaired(void **state)
{
   struct fixture *fixture = *state;
   struct capture_command one = command("insert", 1, 1);
   capture_command_ended(fixture->capture, &one, NULL, false);
   capture_heartbeat_succeeded(fixture->capture, CAPTURE_MONITOR_OF_PROCESS, "a:1", false, "mongos");
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(fixture->snapshot->life.unpaired, 2);
   assert_non_null(strstr(fixture->snapshot->life.first_unpaired, "insert"));
}

static void
starts_without_an_end_are_in_progress(void **state)
{
   struct fixture *fixture = *state;
   struct capture_command one = command("insert", 1, 1);
   capture_command_started(fixture->capture, &one);
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(fixture->snapshot->commands_in_progress, 1);
   for (int64_t i = 2; i < 200; i++) {
      struct capture_command lost = command("insert", i, i);
      capture_command_started(fixture->capture, &lost);
   }
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_true(fixture->snapshot->life.unpaired > 0);
}

static void
a_flood_keeps_the_newest_and_counts_the_rest(void **state)
{
   struct fixture *fixture = *state;
   capture_begin(fixture->capture, 0, 1);
   for (int64_t i = 0; i < 100000; i++) {
      run_command(fixture->capture, "ping", i, i, NULL);
      heartbeat(fixture->capture, "a:1", false, NULL);
   }
   capture_end(fixture->capture, 0, fixture->snapshot);
   const struct event_ring *commands = &fixture->snapshot->command_events;
   assert_int_equal(fixture->snapshot->commands.started, 100000);
   assert_int_equal(fixture->snapshot->commands.duration_count, 100000);
   assert_int_equal(event_ring_count(commands), EVENT_RING_CAPACITY);
   assert_int_equal(event_ring_not_kept(commands), 200000 - EVENT_RING_CAPACITY);
   assert_int_equal(event_ring_at(commands, EVENT_RING_CAPACITY - 1)->request_id, 99999);
   assert_int_equal(event_ring_at(commands, 0)->request_id, 100000 - EVENT_RING_CAPACITY / 2);
   assert_int_equal(fixture->snapshot->life.heartbeats_started, 100000);
}

static void
more_servers_than_the_table_holds_are_counted(void **state)
{
   struct fixture *fixture = *state;
   for (int i = 0; i < 100; i++) {
      char server[32];
      (void)snprintf(server, sizeof server, "db%d:27017", i);
      heartbeat(fixture->capture, server, false, NULL);
   }
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(fixture->snapshot->heartbeats.succeeded, 100);
   assert_int_equal(fixture->snapshot->life.unpaired, 0);
}

static void
overlong_texts_are_cut(void **state)
{
   struct fixture *fixture = *state;
   char text[5000];
   memset(text, 'x', sizeof text - 1);
   text[sizeof text - 1] = '\0';
   run_command(fixture->capture, text, 1, 1, text);
   heartbeat(fixture->capture, text, false, text);
   capture_end(fixture->capture, 0, fixture->snapshot);
   assert_int_equal(strlen(event_ring_at(&fixture->snapshot->command_events, 1)->error), EVENT_ERROR_MAX - 1);
}

#define THREADS 4
#define ROUNDS 5000

static void *
feed(void *argument)
{
   struct capture *capture = argument;
   for (int64_t i = 0; i < ROUNDS; i++) {
      struct capture_command one = command("ping", (int64_t)(uintptr_t)&one + i, i);
      capture_command_started(capture, &one);
      capture_command_ended(capture, &one, NULL, false);
      capture_connection_created(capture, 0, CONNECTION_MONITORING, 1);
      capture_connection_closed(capture, 0, CONNECTION_MONITORING, 1);
   }
   return NULL;
}

static void
many_threads_lose_nothing(void **state)
{
   struct fixture *fixture = *state;
   pthread_t threads[THREADS];
   uint64_t started = 0;
   for (int i = 0; i < THREADS; i++) {
      assert_int_equal(pthread_create(&threads[i], NULL, feed, fixture->capture), 0);
   }
   for (uint32_t i = 1; i <= 100; i++) {
      capture_begin(fixture->capture, 0, i);
      capture_end(fixture->capture, 0, fixture->snapshot);
      started += fixture->snapshot->commands.started;
   }
   for (int i = 0; i < THREADS; i++) {
      assert_int_equal(pthread_join(threads[i], NULL), 0);
   }
   capture_end(fixture->capture, 0, fixture->snapshot);
   started += fixture->snapshot->commands.started;
   assert_int_equal(started, THREADS * ROUNDS);
   assert_int_equal(fixture->snapshot->life.unpaired, 0);
   assert_int_equal(fixture->snapshot->monitoring.open, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
   CASE(counts_of_a_window),
   CASE(next_window_starts_empty_but_remembers_life),
   CASE(between_two_invocations_belongs_to_the_later_report),
   CASE(retry_keeps_its_operation_id),
   CASE(polling_without_a_pause_is_noticed),
   CASE(network_error_of_a_command_excuses_a_heartbeat),
   CASE(ends_without_a_start_are_unpaired),
   CASE(starts_without_an_end_are_in_progress),
   CASE(a_flood_keeps_the_newest_and_counts_the_rest),
   CASE(more_servers_than_the_table_holds_are_counted),
   CASE(overlong_texts_are_cut),
   CASE(many_threads_lose_nothing),
};

FAAS_TEST_MAIN(tests)
