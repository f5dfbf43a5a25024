/* assertions: each has a case in which it passes and one in which it fails. */
#include "assertions.h"

#include "test_main.h"

#include <stdio.h>
#include <string.h>

struct facts {
   struct capture_snapshot snapshot;
   struct scenario_result result;
   struct assertion_facts facts;
   struct assertion assertions[ASSERTION_COUNT];
};

static struct operation
done_well(void)
{
   return (struct operation){.tried = true, .ended = true, .ok = true, .acknowledged = 1, .duration_us = 1000};
}

/* Everything passes. */
static void
facts_init(struct facts *f)
{
   memset(f, 0, sizeof *f);
   f->result.insert = done_well();
   f->result.delete = done_well();
   f->facts = (struct assertion_facts){.snapshot = &f->snapshot,
                                       .result = &f->result,
                                       .connections = {.open = 3, .descriptors = 3},
                                       .driver_sends_env = true,
                                       .handshake_seen = true,
                                       .handshake_env = "aws.lambda",
                                       .expected_env = "aws.lambda"};
}

static const struct assertion *
judged(struct facts *f, const char *name)
{
   assertions_judge(f->assertions, &f->facts);
   for (size_t i = 0; i < ASSERTION_COUNT; i++) {
      if (strcmp(f->assertions[i].name, name) == 0) {
         return &f->assertions[i];
      }
   }
   fail_msg("no assertion %s", name);
   return NULL;
}

static void
expect(struct facts *f, const char *name, enum assertion_verdict verdict, const char *detail)
{
   const struct assertion *assertion = judged(f, name);
   assert_string_equal(assertion_verdict_name(assertion->verdict), assertion_verdict_name(verdict));
   if (strstr(assertion->detail, detail) == NULL) {
      fail_msg("expected \"%s\" in \"%s\"", detail, assertion->detail);
   }
}

TEST(all_pass_when_all_is_well)
{
   struct facts f;
   facts_init(&f);
   assertions_judge(f.assertions, &f.facts);
   assert_null(assertions_first_failed(f.assertions));
   for (size_t i = 0; i < ASSERTION_COUNT; i++) {
      assert_int_equal(f.assertions[i].verdict, ASSERTION_PASSED);
   }
}

TEST(insert_of_none_or_two_fails)
{
   static const int64_t wrong[] = {0, 2};
   for (size_t i = 0; i < 2; i++) {
      struct facts f;
      facts_init(&f);
      f.result.insert.ok = false;
      f.result.insert.acknowledged = wrong[i];
      expect(
         &f, "insert_acknowledged", ASSERTION_FAILED, wrong[i] == 0 ? "0 documents inserted" : "2 documents inserted");
   }
}

TEST(insert_without_a_number_fails)
{
   struct facts f;
   facts_init(&f);
   f.result.insert.ok = false;
   f.result.insert.acknowledged = OPERATION_NOT_ACKNOWLEDGED;
   expect(&f, "insert_acknowledged", ASSERTION_FAILED, "does not say how many");
}

TEST(insert_that_errs_fails_with_its_reason)
{
   struct facts f;
   facts_init(&f);
   f.result.insert.ok = false;
   (void)snprintf(f.result.insert.error, sizeof f.result.insert.error, "not authorized on faas");
   expect(&f, "insert_acknowledged", ASSERTION_FAILED, "not authorized on faas");
}

TEST(insert_without_an_answer_fails)
{
   struct facts f;
   facts_init(&f);
   f.facts.cut_short = true;
   f.result.insert = (struct operation){.tried = true, .acknowledged = OPERATION_NOT_ACKNOWLEDGED};
   f.result.delete = (struct operation){.acknowledged = OPERATION_NOT_ACKNOWLEDGED};
   expect(&f, "insert_acknowledged", ASSERTION_FAILED, "before the deadline");
   expect(&f, "delete_removed_one", ASSERTION_SKIPPED, "nothing to delete");
}

TEST(delete_of_nothing_fails)
{
   struct facts f;
   facts_init(&f);
   f.result.delete.ok = false;
   f.result.delete.acknowledged = 0;
   expect(&f, "delete_removed_one", ASSERTION_FAILED, "0 documents deleted, expected 1");
}

TEST(delete_of_nothing_after_a_failed_insert_proves_nothing)
{
   struct facts f;
   facts_init(&f);
   f.result.insert.ok = false;
   (void)snprintf(f.result.insert.error, sizeof f.result.insert.error, "socket error");
   f.result.delete.ok = false;
   f.result.delete.acknowledged = 0;
   expect(&f, "delete_removed_one", ASSERTION_SKIPPED, "the delete found no document");
}

TEST(delete_not_tried_after_a_good_insert_fails)
{
   struct facts f;
   facts_init(&f);
   f.result.delete = (struct operation){.acknowledged = OPERATION_NOT_ACKNOWLEDGED};
   expect(&f, "delete_removed_one", ASSERTION_FAILED, "no time was left");
}

TEST(one_awaited_heartbeat_fails_for_life)
{
   struct facts f;
   facts_init(&f);
   f.snapshot.life.heartbeats_started = 9;
   f.snapshot.life.heartbeats_awaited = 1;
   expect(&f, "streaming_disabled", ASSERTION_FAILED, "1 of 9 heartbeats");
   assert_string_equal(assertions_first_failed(f.assertions)->error_type, "Assertion.StreamingProtocol");
}

TEST(heartbeats_too_close_fail_with_the_closest)
{
   struct facts f;
   facts_init(&f);
   f.snapshot.life.heartbeats_started = 9441;
   f.snapshot.life.heartbeats_too_close = 9440;
   f.snapshot.life.closest_us = 212;
   (void)snprintf(f.snapshot.life.closest_server, sizeof f.snapshot.life.closest_server, "db:27017");
   expect(&f,
          "heartbeat_interval",
          ASSERTION_FAILED,
          "9440 of 9441 heartbeats less than 500 ms after the previous one of the same server, the closest 0.212 ms "
          "(db:27017)");
}

TEST(unpaired_events_fail)
{
   struct facts f;
   facts_init(&f);
   f.snapshot.life.unpaired = 2;
   (void)snprintf(f.snapshot.life.first_unpaired, sizeof f.snapshot.life.first_unpaired, "an end (insert)");
   expect(&f, "events_paired", ASSERTION_FAILED, "2 events have no matching start or end, the first: an end (insert)");
}

TEST(command_without_an_end_fails_unless_cut_short)
{
   struct facts f;
   facts_init(&f);
   f.snapshot.commands_in_progress = 1;
   expect(&f, "events_paired", ASSERTION_FAILED, "1 command(s) started but never ended");
   f.facts.cut_short = true;
   expect(&f, "events_paired", ASSERTION_PASSED, "");
}

TEST(leaked_or_lost_descriptor_fails)
{
   static const uint64_t wrong[] = {2, 4};
   for (size_t i = 0; i < 2; i++) {
      struct facts f;
      facts_init(&f);
      f.facts.connections.descriptors = wrong[i];
      expect(&f, "connections_accounted", ASSERTION_FAILED, "3 connections created and not closed, ");
   }
}

TEST(handshake_of_another_platform_fails)
{
   struct facts f;
   facts_init(&f);
   f.facts.handshake_env = "gcp.func";
   expect(&f, "handshake_env", ASSERTION_FAILED, "client.env.name is gcp.func, but the environment names aws.lambda");
   f.facts.expected_env = "";
   expect(&f, "handshake_env", ASSERTION_FAILED, "client.env.name is gcp.func, but the environment names no platform");
}

TEST(handshake_without_an_env_that_would_fit_fails)
{
   struct facts f;
   facts_init(&f);
   f.facts.handshake_env = "";
   f.facts.handshake_size = (struct handshake_size){.bytes = 459, .bytes_needed = 490, .env_missing = true};
   expect(&f, "handshake_env", ASSERTION_FAILED, "names aws.lambda, and there was room for it");
   expect(
      &f, "handshake_env", ASSERTION_FAILED, "has 459 bytes, would have 490 with client.env.name, and may have 512");
}

TEST(handshake_without_an_env_that_does_not_fit_passes)
{
   struct facts f;
   facts_init(&f);
   f.facts.handshake_env = "";
   f.facts.handshake_size = (struct handshake_size){
      .bytes = 489, .bytes_needed = 520, .exact = true, .env_missing = true, .has_application = true};
   f.facts.handshake_size.left_out[LEFT_OUT_ENV] = true;
   f.facts.handshake_size.left_out[LEFT_OUT_OS] = true;
   expect(&f, "handshake_env", ASSERTION_PASSED, "within 512 bytes");
   expect(&f, "handshake_env", ASSERTION_PASSED, ": env, os except its type. With client.env.name aws.lambda it would");
   expect(&f, "handshake_env", ASSERTION_PASSED, "have 520 bytes; shorten appName or platform by 8 bytes to make room");
   f.facts.handshake_size.exact = false;
   f.facts.handshake_size.has_application = false;
   expect(&f, "handshake_env", ASSERTION_PASSED, "would have at least 520 bytes; shorten platform to make room");
}

TEST(handshake_with_a_short_env_passes_and_says_what_is_missing)
{
   struct facts f;
   facts_init(&f);
   f.facts.handshake_size.left_out[LEFT_OUT_ENV_REGION] = true;
   expect(&f, "handshake_env", ASSERTION_PASSED, "client.env.name is aws.lambda; left out");
   expect(&f, "handshake_env", ASSERTION_PASSED, "within 512 bytes: env.region");
}

TEST(handshake_says_what_is_not_where_it_belongs)
{
   struct facts f;
   facts_init(&f);
   f.facts.handshake_size.missing[LEFT_OUT_ENV_MEMORY_MB] = true;
   f.facts.handshake_size.container_outside_env = true;
   expect(&f, "handshake_env", ASSERTION_PASSED, "leaves out fields that would fit: env.memory_mb;");
   expect(&f, "handshake_env", ASSERTION_PASSED, "the driver sends client.container, which belongs in client.env");
}

TEST(handshake_that_can_t_be_seen_is_skipped)
{
   struct facts f;
   facts_init(&f);
   f.facts.handshake_seen = false;
   expect(&f, "handshake_env", ASSERTION_SKIPPED, "TLS");
   f.facts.driver_sends_env = false;
   expect(&f, "handshake_env", ASSERTION_SKIPPED, "1.25");
}
