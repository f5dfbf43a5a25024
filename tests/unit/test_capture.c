/* capture: windows, counts, the cost of a flood, and many threads at once. */
#include "capture.h"

#include "test_main.h"

#include <pthread.h>

static struct capture *capture;
static struct capture_snapshot *snapshot;

BEFORE_EACH(set_up)
{
   capture = capture_new(1, NULL);
   snapshot = capture_snapshot_new(NULL);
   assert_true(capture != NULL && snapshot != NULL);
}

AFTER_EACH(tear_down)
{
   capture_destroy(capture);
   capture_snapshot_destroy(snapshot);
}

static struct capture_command
command(const char *name, int64_t request_id, int64_t operation_id)
{
   return (struct capture_command){
      .name = name, .server = "db:27017", .request_id = request_id, .operation_id = operation_id};
}

static void
run_command(const char *name, int64_t request_id, int64_t operation_id, const char *error)
{
   struct capture_command one = command(name, request_id, operation_id);
   capture_command_started(capture, &one);
   capture_command_ended(capture, &one, error, error != NULL);
}

static void
heartbeat(const char *server, bool awaited, const char *error)
{
   capture_heartbeat_started(capture, CAPTURE_MONITOR_OF_PROCESS, server, awaited);
   if (error == NULL) {
      capture_heartbeat_succeeded(capture, CAPTURE_MONITOR_OF_PROCESS, server, awaited, "primary of rs");
   } else {
      capture_heartbeat_failed(capture, CAPTURE_MONITOR_OF_PROCESS, server, awaited, error);
   }
}

TEST(counts_of_a_window)
{
   capture_begin(capture, 0, 1);
   heartbeat("a:1", false, NULL);
   heartbeat("b:1", false, "connection refused");
   heartbeat("c:1", true, "");
   run_command("insert", 1, 1, NULL);
   run_command("delete", 2, 2, "socket error");
   capture_connection_created(capture, 0, CONNECTION_APPLICATION, 1);
   capture_connection_created(capture, 0, CONNECTION_MONITORING, 2);
   capture_connection_closed(capture, 0, CONNECTION_MONITORING, 2);
   capture_end(capture, 0, snapshot);
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

TEST(next_window_starts_empty_but_remembers_life)
{
   capture_begin(capture, 0, 1);
   heartbeat("a:1", true, NULL);
   capture_connection_created(capture, 0, CONNECTION_APPLICATION, 1);
   capture_end(capture, 0, snapshot);
   capture_begin(capture, 0, 2);
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->heartbeats.started, 0);
   assert_int_equal(snapshot->heartbeats.shortest_interval_us, -1);
   assert_int_equal(snapshot->application.created, 0);
   assert_int_equal(snapshot->application.open, 1);
   assert_int_equal(snapshot->life.heartbeats_awaited, 1);
}

TEST(between_two_invocations_belongs_to_the_later_report)
{
   capture_begin(capture, 0, 1);
   capture_end(capture, 0, snapshot);
   heartbeat("a:1", false, NULL);
   int64_t begun_us = capture_begin(capture, 0, 2);
   run_command("insert", 1, 1, NULL);
   capture_end(capture, 0, snapshot);
   assert_int_equal(event_ring_count(&snapshot->heartbeat_events), 2);
   assert_int_equal(event_ring_at(&snapshot->heartbeat_events, 0)->invocation, 0);
   assert_true(event_ring_at(&snapshot->heartbeat_events, 1)->at_us <= begun_us);
   assert_int_equal(event_ring_at(&snapshot->command_events, 0)->invocation, 2);
   assert_true(event_ring_at(&snapshot->command_events, 0)->at_us >= begun_us);
}

TEST(retry_keeps_its_operation_id)
{
   run_command("insert", 1, 7, "socket error");
   run_command("insert", 2, 7, NULL);
   run_command("delete", 3, 7, NULL);
   run_command("delete", 4, 8, NULL);
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->commands.retried, 1);
}

TEST(polling_without_a_pause_is_noticed)
{
   heartbeat("a:1", false, NULL);
   heartbeat("b:1", false, NULL);
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->life.heartbeats_too_close, 0);
   heartbeat("a:1", false, NULL);
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->life.heartbeats_too_close, 1);
   assert_string_equal(snapshot->life.closest_server, "a:1");
   assert_true(snapshot->heartbeats.shortest_interval_us >= 0);
}

TEST(network_error_of_a_command_excuses_a_heartbeat)
{
   heartbeat("db:27017", false, NULL);
   run_command("insert", 1, 1, "socket error");
   heartbeat("db:27017", false, NULL);
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->life.heartbeats_too_close, 0);
}

TEST(ends_without_a_start_are_unpaired)
{
   struct capture_command one = command("insert", 1, 1);
   capture_command_ended(capture, &one, NULL, false);
   capture_heartbeat_succeeded(capture, CAPTURE_MONITOR_OF_PROCESS, "a:1", false, "mongos");
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->life.unpaired, 2);
   assert_contains(snapshot->life.first_unpaired, "insert");
}

TEST(starts_without_an_end_are_in_progress)
{
   struct capture_command one = command("insert", 1, 1);
   capture_command_started(capture, &one);
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->commands_in_progress, 1);
   for (int64_t i = 2; i < 200; i++) {
      struct capture_command lost = command("insert", i, i);
      capture_command_started(capture, &lost);
   }
   capture_end(capture, 0, snapshot);
   assert_true(snapshot->life.unpaired > 0);
}

TEST(a_flood_keeps_the_newest_and_counts_the_rest)
{
   capture_begin(capture, 0, 1);
   for (int64_t i = 0; i < 100000; i++) {
      run_command("ping", i, i, NULL);
      heartbeat("a:1", false, NULL);
   }
   capture_end(capture, 0, snapshot);
   const struct event_ring *commands = &snapshot->command_events;
   assert_int_equal(snapshot->commands.started, 100000);
   assert_int_equal(snapshot->commands.duration_count, 100000);
   assert_int_equal(event_ring_count(commands), EVENT_RING_CAPACITY);
   assert_int_equal(event_ring_not_kept(commands), 200000 - EVENT_RING_CAPACITY);
   assert_int_equal(event_ring_at(commands, EVENT_RING_CAPACITY - 1)->request_id, 99999);
   assert_int_equal(event_ring_at(commands, 0)->request_id, 100000 - EVENT_RING_CAPACITY / 2);
   assert_int_equal(snapshot->life.heartbeats_started, 100000);
}

TEST(more_servers_than_the_table_holds_are_counted)
{
   for (int i = 0; i < 100; i++) {
      char server[32];
      (void)snprintf(server, sizeof server, "db%d:27017", i);
      heartbeat(server, false, NULL);
   }
   capture_end(capture, 0, snapshot);
   assert_int_equal(snapshot->heartbeats.succeeded, 100);
   assert_int_equal(snapshot->life.unpaired, 0);
}

TEST(overlong_texts_are_cut)
{
   char text[5000];
   memset(text, 'x', sizeof text - 1);
   text[sizeof text - 1] = '\0';
   run_command(text, 1, 1, text);
   heartbeat(text, false, text);
   capture_end(capture, 0, snapshot);
   assert_int_equal(strlen(event_ring_at(&snapshot->command_events, 1)->error), EVENT_ERROR_MAX - 1);
}

#define THREADS 4
#define ROUNDS 5000

static void *
feed(void *argument)
{
   (void)argument;
   for (int64_t i = 0; i < ROUNDS; i++) {
      struct capture_command one = command("ping", (int64_t)(uintptr_t)&one + i, i);
      capture_command_started(capture, &one);
      capture_command_ended(capture, &one, NULL, false);
      capture_connection_created(capture, 0, CONNECTION_MONITORING, 1);
      capture_connection_closed(capture, 0, CONNECTION_MONITORING, 1);
   }
   return NULL;
}

TEST(many_threads_lose_nothing)
{
   pthread_t threads[THREADS];
   uint64_t started = 0;
   for (int i = 0; i < THREADS; i++) {
      assert_int_equal(pthread_create(&threads[i], NULL, feed, NULL), 0);
   }
   for (uint32_t i = 1; i <= 100; i++) {
      capture_begin(capture, 0, i);
      capture_end(capture, 0, snapshot);
      started += snapshot->commands.started;
   }
   for (int i = 0; i < THREADS; i++) {
      assert_int_equal(pthread_join(threads[i], NULL), 0);
   }
   capture_end(capture, 0, snapshot);
   started += snapshot->commands.started;
   assert_int_equal(started, THREADS * ROUNDS);
   assert_int_equal(snapshot->life.unpaired, 0);
   assert_int_equal(snapshot->monitoring.open, 0);
}
