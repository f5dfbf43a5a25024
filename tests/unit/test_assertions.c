/* assertions: each has a case in which it passes and one in which it fails. */
#include "assertions.h"

#include "test_main.h"

static struct capture_snapshot snapshot;
static struct scenario_result result;
static struct assertion_facts facts;
static struct assertion assertions[ASSERTION_COUNT];

static const struct operation done_well = {
   .tried = true, .ended = true, .ok = true, .acknowledged = 1, .duration_us = 1000};

/* Everything passes. */
BEFORE_EACH(set_up)
{
   memset(&snapshot, 0, sizeof snapshot);
   result = (struct scenario_result){.insert = done_well, .delete = done_well};
   facts = (struct assertion_facts){.snapshot = &snapshot,
                                    .result = &result,
                                    .connections = {.open = 3, .descriptors = 3},
                                    .driver_sends_env = true,
                                    .handshake_seen = true,
                                    .handshake_env = "aws.lambda",
                                    .expected_env = "aws.lambda"};
}

static void
expect(const char *name, enum assertion_verdict verdict, const char *detail)
{
   assertions_judge(assertions, &facts);
   for (size_t i = 0; i < ASSERTION_COUNT; i++) {
      if (strcmp(assertions[i].name, name) == 0) {
         assert_string_equal(assertion_verdict_name(assertions[i].verdict), assertion_verdict_name(verdict));
         assert_contains(assertions[i].detail, detail);
         return;
      }
   }
   fail_msg("no assertion %s", name);
}

TEST(all_pass_when_all_is_well)
{
   assertions_judge(assertions, &facts);
   assert_null(assertions_first_failed(assertions));
   for (size_t i = 0; i < ASSERTION_COUNT; i++) {
      assert_int_equal(assertions[i].verdict, ASSERTION_PASSED);
   }
}

TEST(insert_of_another_number_fails)
{
   result.insert.ok = false;
   result.insert.acknowledged = 0;
   expect("insert_acknowledged", ASSERTION_FAILED, "0 documents inserted");
   result.insert.acknowledged = 2;
   expect("insert_acknowledged", ASSERTION_FAILED, "2 documents inserted");
   result.insert.acknowledged = OPERATION_NOT_ACKNOWLEDGED;
   expect("insert_acknowledged", ASSERTION_FAILED, "does not say how many");
}

TEST(insert_that_errs_fails_with_its_reason)
{
   result.insert.ok = false;
   (void)snprintf(result.insert.error, sizeof result.insert.error, "not authorized on faas");
   expect("insert_acknowledged", ASSERTION_FAILED, "not authorized on faas");
}

TEST(insert_without_an_answer_fails)
{
   facts.cut_short = true;
   result.insert = (struct operation){.tried = true, .acknowledged = OPERATION_NOT_ACKNOWLEDGED};
   result.delete = (struct operation){.acknowledged = OPERATION_NOT_ACKNOWLEDGED};
   expect("insert_acknowledged", ASSERTION_FAILED, "the insert was not answered before the deadline");
   expect("delete_removed_one", ASSERTION_SKIPPED, "nothing to delete");
}

TEST(delete_of_nothing_fails)
{
   result.delete.ok = false;
   result.delete.acknowledged = 0;
   expect("delete_removed_one", ASSERTION_FAILED, "0 documents deleted, expected 1");
}

TEST(delete_of_nothing_after_a_failed_insert_proves_nothing)
{
   result.insert.ok = false;
   (void)snprintf(result.insert.error, sizeof result.insert.error, "socket error");
   result.delete.ok = false;
   result.delete.acknowledged = 0;
   expect("delete_removed_one", ASSERTION_SKIPPED, "the delete found no document");
}

TEST(delete_not_tried_after_a_good_insert_fails)
{
   result.delete = (struct operation){.acknowledged = OPERATION_NOT_ACKNOWLEDGED};
   expect("delete_removed_one", ASSERTION_FAILED, "no time was left");
}

TEST(one_awaited_heartbeat_fails_for_life)
{
   snapshot.life.heartbeats_started = 9;
   snapshot.life.heartbeats_awaited = 1;
   expect("streaming_disabled", ASSERTION_FAILED, "1 of 9 heartbeats");
   assert_string_equal(assertions_first_failed(assertions)->error_type, "Assertion.StreamingProtocol");
}

TEST(heartbeats_too_close_fail_with_the_closest)
{
   snapshot.life.heartbeats_started = 9441;
   snapshot.life.heartbeats_too_close = 9440;
   snapshot.life.closest_us = 212;
   (void)snprintf(snapshot.life.closest_server, sizeof snapshot.life.closest_server, "db:27017");
   expect("heartbeat_interval",
          ASSERTION_FAILED,
          "9440 of 9441 heartbeats less than 500 ms after the previous one of the same server, the closest 0.212 ms "
          "(db:27017)");
}

TEST(unpaired_events_fail)
{
   snapshot.life.unpaired = 2;
   (void)snprintf(snapshot.life.first_unpaired, sizeof snapshot.life.first_unpaired, "an end (insert)");
   expect("events_paired", ASSERTION_FAILED, "2 events have no matching start or end, the first: an end (insert)");
}

TEST(command_without_an_end_fails_unless_cut_short)
{
   snapshot.commands_in_progress = 1;
   expect("events_paired", ASSERTION_FAILED, "1 command(s) started but never ended");
   facts.cut_short = true;
   expect("events_paired", ASSERTION_PASSED, "");
}

TEST(leaked_or_lost_descriptor_fails)
{
   facts.connections.descriptors = 2;
   expect("connections_accounted", ASSERTION_FAILED, "3 connections created and not closed, ");
   facts.connections.descriptors = 4;
   expect("connections_accounted", ASSERTION_FAILED, "3 connections created and not closed, ");
}

TEST(handshake_of_another_platform_fails)
{
   facts.handshake_env = "gcp.func";
   expect("handshake_env", ASSERTION_FAILED, "client.env.name is gcp.func, but the environment names aws.lambda");
   facts.expected_env = "";
   expect("handshake_env", ASSERTION_FAILED, "client.env.name is gcp.func, but the environment names no platform");
}

TEST(handshake_without_an_env_that_would_fit_fails)
{
   facts.handshake_env = "";
   facts.handshake_size = (struct handshake_size){.bytes = 459, .bytes_needed = 490, .env_missing = true};
   expect("handshake_env", ASSERTION_FAILED, "names aws.lambda, and there was room for it");
   expect("handshake_env", ASSERTION_FAILED, "has 459 bytes, would have 490 with client.env.name, and may have 512");
}

TEST(handshake_without_an_env_that_does_not_fit_passes)
{
   facts.handshake_env = "";
   facts.handshake_size = (struct handshake_size){
      .bytes = 489, .bytes_needed = 520, .exact = true, .env_missing = true, .has_application = true};
   facts.handshake_size.left_out[LEFT_OUT_ENV] = true;
   facts.handshake_size.left_out[LEFT_OUT_OS] = true;
   expect("handshake_env", ASSERTION_PASSED, "within 512 bytes");
   expect("handshake_env", ASSERTION_PASSED, ": env, os except its type. With client.env.name aws.lambda it would");
   expect("handshake_env", ASSERTION_PASSED, "have 520 bytes; shorten appName or platform by 8 bytes to make room");
   facts.handshake_size.exact = false;
   facts.handshake_size.has_application = false;
   expect("handshake_env", ASSERTION_PASSED, "would have at least 520 bytes; shorten platform to make room");
}

TEST(handshake_with_a_short_env_passes_and_says_what_is_missing)
{
   facts.handshake_size.left_out[LEFT_OUT_ENV_REGION] = true;
   expect("handshake_env", ASSERTION_PASSED, "client.env.name is aws.lambda; left out");
   expect("handshake_env", ASSERTION_PASSED, "within 512 bytes: env.region");
}

TEST(handshake_says_what_is_not_where_it_belongs)
{
   facts.handshake_size.missing[LEFT_OUT_ENV_MEMORY_MB] = true;
   facts.handshake_size.container_outside_env = true;
   expect("handshake_env", ASSERTION_PASSED, "leaves out fields that would fit: env.memory_mb;");
   expect("handshake_env", ASSERTION_PASSED, "the driver sends client.container, which belongs in client.env");
}

TEST(handshake_that_can_t_be_seen_is_skipped)
{
   facts.handshake_seen = false;
   expect("handshake_env", ASSERTION_SKIPPED, "TLS");
   facts.driver_sends_env = false;
   expect("handshake_env", ASSERTION_SKIPPED, "1.25");
}
