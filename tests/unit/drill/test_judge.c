/* Every rule of the judge: what fails, what passes, and what can't be judged. */
#include "judge.h"
#include "overlapping.h"
#include "test_main.h"

#include <stdio.h>
#include <string.h>

#define MS 1000
#define S 1000000

static struct witness_facts facts;
static struct witness_connection connections[8];
static struct witness_hello hellos[64];
static struct witness_command commands[16];
static struct witness_handshake handshakes[4];
static struct judge_invocation invocations[4];
static struct judge_write writes[16];
static struct witness_unrest unrests[2];
static struct witness_refusal refusals[8];
static struct judge_case seen;
static struct finding finding;

/* One good invocation in the second second. */
static int
set_up(void **state)
{
   (void)state;
   memset(connections, 0, sizeof connections);
   memset(hellos, 0, sizeof hellos);
   memset(commands, 0, sizeof commands);
   memset(handshakes, 0, sizeof handshakes);
   memset(writes, 0, sizeof writes);
   facts = (struct witness_facts){.handshakes = handshakes,
                                  .connections = connections,
                                  .hellos = hellos,
                                  .commands = commands,
                                  .unrests = unrests,
                                  .refusals = refusals,
                                  .sees_refused = true};
   invocations[0] = (struct judge_invocation){.name = "cold",
                                              .start_us = 1 * S,
                                              .end_us = 2 * S,
                                              .runs_from_us = 1 * S,
                                              .runs_until_us = 2 * S,
                                              .suspended_us = 1 * S,
                                              .passed = true,
                                              .alone = true};
   seen = (struct judge_case){.facts = &facts,
                              .invocations = invocations,
                              .invocation_count = 1,
                              .writes = writes,
                              .writes_complete = true,
                              .platform = "AWS Lambda",
                              .client_env = "aws.lambda",
                              .region = "us-east-1",
                              .memory_mb = 128,
                              .uri_options = "",
                              .heartbeat_frequency_ms = 10000,
                              .running_ms = 1500};
   return 0;
}

static void
judged(const char *name, enum judge_verdict verdict, const char *words)
{
   finding = (struct finding){.verdict = JUDGE_SKIPPED, .measured = -1};
   for (size_t i = 0; i < judge_rule_count; i++) {
      if (strcmp(judge_rules[i].name, name) == 0) {
         judge_rules[i].judge(&seen, &finding);
      }
   }
   if (finding.verdict != verdict || strstr(finding.detail, words) == NULL) {
      fail_msg("%s: verdict %d, \"%s\"; expected %d, \"%s\"", name, finding.verdict, finding.detail, verdict, words);
   }
}

static size_t
connect_to(unsigned member, int64_t at_us)
{
   connections[facts.connection_count] = (struct witness_connection){
      .member = member, .member_port = (uint16_t)(27017 + member), .client_port = 40000, .opened_us = at_us};
   facts.counts.connections++;
   return facts.connection_count++;
}

static void
hello(size_t connection, int64_t at_us, enum witness_hello_kind kind)
{
   hellos[facts.hello_count++] = (struct witness_hello){
      .connection = connection, .kind = kind, .start_us = at_us, .end_us = at_us + MS, .outcome = WITNESS_OK};
   facts.counts.hellos++;
   facts.counts.awaitable += kind != WITNESS_PLAIN ? 1 : 0;
   connections[connection].hellos++;
}

static struct witness_command *
command(size_t connection, const char *name, int64_t at_us)
{
   struct witness_command *added = &commands[facts.command_count++];
   *added = (struct witness_command){.connection = connection,
                                     .start_us = at_us,
                                     .end_us = at_us + MS,
                                     .outcome = WITNESS_OK,
                                     .is_write = strcmp(name, "find") != 0,
                                     .is_read = strcmp(name, "find") == 0,
                                     .attempt = 1};
   snprintf(added->name, sizeof added->name, "%s", name);
   strcpy(added->collection, "shop.orders");
   facts.counts.commands++;
   connections[connection].commands++;
   return added;
}

static void
fail_command(struct witness_command *failed)
{
   failed->outcome = WITNESS_ERROR;
   failed->error_code = 189;
   strcpy(failed->error_name, "PrimarySteppedDown");
   failed->retryable_error = true;
}

static void
write_document(bool is_delete, int n, const char *id)
{
   writes[seen.write_count++] =
      (struct judge_write){.is_delete = is_delete, .n = n, .collection = "shop.orders", .id = id};
}

static struct witness_handshake *
introduce(void)
{
   struct witness_handshake *added = &handshakes[facts.handshake_count++];
   *added = (struct witness_handshake){.bytes = 300,
                                       .connections = 2,
                                       .has_client = true,
                                       .has_env = true,
                                       .env_memory_mb = 128,
                                       .has_os_details = true};
   strcpy(added->env_name, "aws.lambda");
   strcpy(added->env_region, "us-east-1");
   return added;
}

/* --- database_used
 * ---------------------------------------------------------------------------------------------------- */

static void
database_used(void **state)
{
   (void)state;
   judged("database_used", JUDGE_FAIL, "never connected");
   size_t one = connect_to(0, S);
   judged("database_used", JUDGE_FAIL, "never sent a command");
   command(one, "find", S);
   judged("database_used", JUDGE_PASS, "1 command over 1 connection in 1 invocation");
}

/* --- streaming_protocol
 * ----------------------------------------------------------------------------------------------- */

static void
streaming(void **state)
{
   (void)state;
   judged("streaming_protocol", JUDGE_SKIPPED, "no hello came");
   size_t one = connect_to(0, S);
   hello(one, S, WITNESS_PLAIN);
   judged("streaming_protocol", JUDGE_PASS, "no awaitable hello among 1 in 1.5 s");
   assert_float_equal(finding.measured, 0, 0);
   seen.running_ms = 300;
   judged("streaming_protocol", JUDGE_SKIPPED, "too short to judge");
   hello(one, S + 1, WITNESS_AWAITABLE);
   judged("streaming_protocol", JUDGE_FAIL, "the driver streams: 1 of 2 hellos");
   assert_non_null(strstr(finding.advice, "serverMonitoringMode=poll"));
   seen.uri_options = "serverMonitoringMode=stream";
   judged("streaming_protocol", JUDGE_FAIL, "the driver streams");
   assert_non_null(strstr(finding.advice, "Remove serverMonitoringMode=stream from the URI."));
}

/* --- heartbeat_interval
 * ----------------------------------------------------------------------------------------------- */

static void
heartbeats(void **state)
{
   (void)state;
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
static void
hellos_on_a_busy_machine(void **state)
{
   (void)state;
   size_t monitor = connect_to(0, 1 * S);
   hello(monitor, 1 * S, WITNESS_PLAIN);
   hello(monitor, 1 * S + 470 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "the closest 470 ms");
   invocations[0].alone = false;
   judged("heartbeat_interval", JUDGE_PASS, "470 ms apart");
   hello(monitor, 1 * S + 860 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "1 of 2 less than 500 ms after the previous one, the closest 390 ms");
}

static void
an_awaitable_hello_follows_at_once(void **state)
{
   (void)state;
   size_t one = connect_to(0, S);
   hello(one, S, WITNESS_PLAIN);
   hello(one, S + 1 * MS, WITNESS_AWAITABLE);
   hello(one, S + 2 * MS, WITNESS_AWAITABLE);
   judged("heartbeat_interval", JUDGE_SKIPPED, "no connection carried two");
}

static void
a_new_connection_may_look_at_once(void **state)
{
   (void)state;
   hello(connect_to(0, S), S, WITNESS_PLAIN);
   size_t other = connect_to(0, S + MS);
   hello(other, S + MS, WITNESS_PLAIN);
   hello(other, S + 600 * MS, WITNESS_PLAIN);
   hello(other, S + 1200 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_PASS, "600 ms apart");
}

/* A monitor that checks a healthy set every second, in a process that runs from 1 to 20 s. */
static size_t
poll_every_second(void)
{
   size_t monitor = connect_to(0, S);
   for (int64_t i = 1; i < 12; i++) {
      hello(monitor, i * S, WITNESS_PLAIN);
   }
   invocations[0].end_us = invocations[0].runs_until_us = 20 * S;
   return monitor;
}

static void
polls_more_often_than_asked(void **state)
{
   (void)state;
   poll_every_second();
   /* Those of the first two seconds are its discovery. */
   judged("heartbeat_interval", JUDGE_FAIL, "7 of 7 less than heartbeatFrequencyMS (10000 ms)");
   assert_non_null(strstr(finding.detail, "the closest 1e+03 ms, on 127.0.0.1:27017"));
   assert_non_null(strstr(finding.advice, "--uri-options"));
   seen.heartbeat_frequency_ms = 1015;
   judged("heartbeat_interval", JUDGE_PASS, "7 of them judged by heartbeatFrequencyMS (1015 ms)");
   seen.heartbeat_frequency_ms = 1016;
   judged("heartbeat_interval", JUDGE_FAIL, "(1016 ms)");
}

/* Each of these justifies checks, up to the last one. */
static void
an_unsound_set(void)
{
   unrests[facts.unrest_count++] = (struct witness_unrest){.start_us = 2 * S};
}

static void
set_unsound_for_long(void)
{
   unrests[facts.unrest_count++] = (struct witness_unrest){.start_us = S, .end_us = 9 * S + S / 2};
}

static void
commands_that_fail(void)
{
   for (int64_t i = 2; i < 12; i += 3) {
      fail_command(command(connect_to(1, 0), "insert", i * S));
   }
}

static void
connections_that_end(void)
{
   for (int64_t i = 2; i < 7; i++) {
      struct witness_connection *one = &connections[connect_to(1, 0)];
      one->end = WITNESS_CLOSED_BY_MEMBER;
      one->closed_us = i * 2 * S;
   }
}

static void
new_connections(void)
{
   for (int64_t i = 2; i < 7; i++) {
      connect_to(1, i * 2 * S);
   }
}

static void
packets_that_vanish(void)
{
   struct witness_connection *one = &connections[connect_to(1, 0)];
   one->end = WITNESS_DROPPED;
   one->closed_us = S;
}

static void
hellos_that_fail(void)
{
   for (size_t i = 0; i < facts.hello_count; i += 2) {
      facts.hellos[i].outcome = WITNESS_NO_REPLY;
   }
}

static void
suspended_on_the_way(void)
{
   invocations[0].runs_until_us = 4 * S;
}

static void
not_alone(void)
{
   invocations[0].alone = false;
}

static void
not_all_was_kept(void)
{
   facts.counts.left_out = 1;
}

static void
of_the_function_itself(void)
{
   command(0, "find", 3 * S);
}

static void
what_calls_for_a_look(void **state)
{
   (void)state;
   static void (*const calls[])(void) = {
      an_unsound_set,
      set_unsound_for_long,
      commands_that_fail,
      connections_that_end,
      new_connections,
      packets_that_vanish,
      hellos_that_fail,
      suspended_on_the_way,
      not_alone,
      not_all_was_kept,
      of_the_function_itself,
   };
   for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
      set_up(NULL);
      poll_every_second();
      calls[i]();
      judged("heartbeat_interval", JUDGE_PASS, "1000 ms apart, in 10 pairs; heartbeatFrequencyMS not judged");
   }
}

/* It learns after the thaw what happened while it was suspended. */
static void
after_the_thaw(void **state)
{
   (void)state;
   poll_every_second();
   connections[0].opened_us = -10 * S;
   invocations[0].suspended_us = -8 * S;
   judged("heartbeat_interval", JUDGE_FAIL, "10 of 10 less than heartbeatFrequencyMS");
   unrests[facts.unrest_count++] = (struct witness_unrest){.start_us = -7 * S, .end_us = -6 * S};
   judged("heartbeat_interval", JUDGE_FAIL, "8 of 8 less than heartbeatFrequencyMS");
   invocations[0].suspended_us = -5 * S;
   judged("heartbeat_interval", JUDGE_FAIL, "10 of 10 less than heartbeatFrequencyMS");
}

/* --- rtt_connection
 * --------------------------------------------------------------------------------------------------- */

static void
round_trips(void **state)
{
   (void)state;
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

/* At 50 ms a round trip the first hello comes 100 ms after the connection. */
static void
round_trips_far_away_with_tls(void **state)
{
   (void)state;
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

static void
round_trips_beside_a_dropped_monitor(void **state)
{
   (void)state;
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

/* --- unique_after_restore
 * --------------------------------------------------------------------------------------------- */

static void
unique_after_restore(void **state)
{
   (void)state;
   struct judge_restore restore = {0};
   judged("unique_after_restore", JUDGE_SKIPPED, "nothing was restored");
   seen.restore = &restore;
   judged("unique_after_restore", JUDGE_SKIPPED, "cannot read the memory");
   restore.memory_known = true;
   judged("unique_after_restore", JUDGE_SKIPPED, "no ObjectId and no session was used");
   restore.ids = 2;
   restore.sessions = 1;
   judged("unique_after_restore", JUDGE_PASS, "2 ObjectIds and 1 session");
   restore.ids_shared = 1;
   judged("unique_after_restore", JUDGE_WARNING, "the random bytes of 1 of 2 ObjectIds");
   assert_true(finding.advice[0] != '\0');
   restore.sessions_shared = 1;
   judged("unique_after_restore", JUDGE_FAIL, "1 of 1 session (lsid)");
   assert_true(finding.advice[0] != '\0');
}

static void
left_out_without_a_restore(void **state)
{
   (void)state;
   struct judge_restore restore = {0};
   for (size_t i = 0; i < judge_rule_count; i++) {
      bool is_it = strcmp(judge_rules[i].name, "unique_after_restore") == 0;
      seen.restore = NULL;
      assert_int_equal(judge_rule_applies(&judge_rules[i], &seen), !is_it);
      seen.restore = &restore;
      assert_true(judge_rule_applies(&judge_rules[i], &seen));
   }
}

/* --- handshake
 * -------------------------------------------------------------------------------------------------------- */

static void
handshake(void **state)
{
   (void)state;
   judged("handshake", JUDGE_SKIPPED, "no hello came");
   struct witness_handshake *one = introduce();
   judged("handshake", JUDGE_PASS, "2 of 2 connections introduced themselves as aws.lambda");
   one->has_env = false;
   one->env_name[0] = one->env_region[0] = '\0';
   one->env_memory_mb = -1;
   judged("handshake", JUDGE_FAIL, "client.env is missing, although it would fit (300 bytes), on 2 of 2");
   assert_non_null(strstr(finding.advice, "does not recognise AWS Lambda"));
   one->bytes = 482;
   judged("handshake", JUDGE_PASS, "client.env left out because the document is full (482 of 512 bytes)");
   one->bytes = 513;
   judged("handshake", JUDGE_FAIL, "513 bytes; at most 512");
}

static void
handshake_fields(void **state)
{
   (void)state;
   struct witness_handshake *one = introduce();
   one->env_region[0] = '\0';
   judged("handshake", JUDGE_FAIL, "client.env.region is missing");
   one->env_memory_mb = -1;
   judged("handshake", JUDGE_FAIL, "client.env's region and memory_mb is missing");
   one->has_os_details = false; /* which would have been the first to return */
   judged("handshake", JUDGE_PASS, "region and memory_mb left out");
   one = introduce();
   one->env_memory_mb = 64;
   judged("handshake", JUDGE_FAIL, "memory_mb is 64, not 128, on 2 of 4");
   one->container_outside_env = true;
   judged("handshake", JUDGE_FAIL, "container is in client");
   one->has_client = false;
   judged("handshake", JUDGE_FAIL, "no client document");
}

/* Among Kubernetes' own variables. */
static void
handshake_of_a_container(void **state)
{
   (void)state;
   struct witness_handshake *one = introduce();
   seen.kubernetes = true;
   judged("handshake", JUDGE_FAIL, "client.env.container is missing, although it would fit");
   one->container_in_env = true;
   judged("handshake", JUDGE_PASS, "introduced themselves as aws.lambda");
   one->container_in_env = false;
   one->container_outside_env = true;
   judged("handshake", JUDGE_FAIL, "container is in client, but belongs in client.env");
   one->container_outside_env = false;
   one->bytes = 512 - 44; /* container is a document with one text: 45 bytes in total */
   judged("handshake", JUDGE_PASS, "client.env.container left out because the document is full (468 of 512 bytes)");
   one->bytes--;
   judged("handshake", JUDGE_FAIL, "client.env.container is missing");
   one->env_region[0] = '\0';
   judged("handshake", JUDGE_PASS, "client.env's region and container left out");
   one->env_memory_mb = -1;
   judged("handshake", JUDGE_PASS, "client.env's region, memory_mb and container left out");
}

/* Then a driver can't tell where it runs. */
static void
handshake_of_two_platforms(void **state)
{
   (void)state;
   struct witness_handshake *one = introduce();
   seen.other_platform = "FUNCTION_NAME";
   judged("handshake",
          JUDGE_FAIL,
          "client.env.name is \"aws.lambda\", but must be left out, because FUNCTION_NAME names a second platform");
   one->env_name[0] = one->env_region[0] = '\0';
   one->env_memory_mb = -1;
   judged("handshake", JUDGE_PASS, "sent no client.env.name, as required: FUNCTION_NAME names a second platform");
   assert_non_null(strstr(finding.advice, "Rename the function's variable FUNCTION_NAME"));
   one->has_env = false;
   judged("handshake", JUDGE_PASS, "2 of 2 connections sent no client.env.name");
   one->container_outside_env = true;
   judged("handshake", JUDGE_FAIL, "container is in client");
}

/* --- writes_once
 * ------------------------------------------------------------------------------------------------------ */

static void
writes_are_done_once(void **state)
{
   (void)state;
   judged("writes_once", JUDGE_SKIPPED, "inserted and deleted nothing");
   write_document(false, 1, "a");
   write_document(true, 1, "a");
   judged("writes_once", JUDGE_PASS, "1 inserted and 1 deleted, none twice");
   write_document(false, 1, "b");
   write_document(false, 1, "b");
   judged("writes_once", JUDGE_FAIL, "document b of shop.orders was inserted twice");
   writes[3].retry = true;
   write_document(true, 1, "b");
   judged("writes_once", JUDGE_PASS, "none twice");
}

static void
documents_that_stay(void **state)
{
   (void)state;
   write_document(false, 1, "a");
   judged("writes_once", JUDGE_PASS, "1 stay in shop.orders");
   write_document(true, 0, "");
   judged("writes_once", JUDGE_FAIL, "1 document left in shop.orders, although the function deletes what it inserts");
   invocations[0].passed = false;
   judged("writes_once", JUDGE_PASS, "");
   write_document(false, 1, "b");
   write_document(true, 0, "");
   judged("writes_once", JUDGE_FAIL, "2 documents left in shop.orders");
   invocations[0].more_failed = 1; /* at the same time */
   judged("writes_once", JUDGE_PASS, "");
   seen.writes_complete = false;
   judged("writes_once", JUDGE_SKIPPED, "more writes than the record holds");
}

static void
a_delete_by_another_filter_counts(void **state)
{
   (void)state;
   write_document(false, 1, "a");
   write_document(true, 1, "");
   judged("writes_once", JUDGE_PASS, "1 inserted and 1 deleted");
}

/* --- retries
 * ---------------------------------------------------------------------------------------------------------- */

static void
retries(void **state)
{
   (void)state;
   size_t one = connect_to(0, S);
   struct witness_command *first = command(one, "insert", S);
   judged("retries", JUDGE_SKIPPED, "no retryable error");
   fail_command(first);
   first->numbered = true;
   invocations[0].passed = false;
   judged("retries", JUDGE_FAIL, "insert was sent once, to 127.0.0.1:27017 over port 40000, failed with 189");
   assert_non_null(strstr(finding.detail, "the driver should have"));
   invocations[0].excused = true;
   judged("retries", JUDGE_SKIPPED, "no retryable error");
   invocations[0].excused = false;
   first->numbered = false;
   judged("retries", JUDGE_FAIL, "it has no txnNumber");
   seen.uri_options = "w=1&retrywrites=false";
   judged("retries", JUDGE_FAIL, "retryWrites=false in the URI forbids it");
   first->numbered = true;
   struct witness_command *second = command(one, "insert", S + MS);
   second->numbered = true;
   second->attempt = 2;
   judged("retries",
          JUDGE_PASS,
          "1 retryable error, each retried, for example insert: to 127.0.0.1:27017 over port 40000, failed with 189 "
          "PrimarySteppedDown, then to 127.0.0.1:27017 over port 40000");
   second->transaction_number = 7; /* another operation */
   judged("retries", JUDGE_FAIL, "was not retried");
}

static void
attempts_of_an_invocation_that_failed(void **state)
{
   (void)state;
   size_t one = connect_to(0, S);
   size_t other = connect_to(1, S);
   connections[other].client_port = 40002;
   fail_command(command(one, "find", S));
   command(other, "find", S + MS);
   invocations[1] = invocations[0];
   invocations[1].start_us += 2 * S;
   invocations[1].end_us += 2 * S;
   invocations[1].passed = false;
   seen.invocation_count = 2;
   fail_command(command(one, "find", 3 * S));
   struct witness_command *second = command(other, "find", 3 * S + MS);
   second->outcome = WITNESS_NO_REPLY;
   second->attempt = 2;
   second->retryable_error = true;
   judged("retries",
          JUDGE_PASS,
          "2 retryable errors, each retried, for example find: to 127.0.0.1:27017 over port 40000, failed with 189 "
          "PrimarySteppedDown, then to 127.0.0.1:27018 over port 40002, got no reply");
}

static void
a_failure_that_was_hidden(void **state)
{
   (void)state;
   fail_command(command(connect_to(0, S), "find", S));
   judged("retries", JUDGE_PASS, "1 retryable error, 0 retried, the others in invocations that passed");
}

static void
no_time_to_try_again(void **state)
{
   (void)state;
   struct witness_command *hung = command(connect_to(0, S), "insert", S);
   hung->outcome = WITNESS_NO_REPLY;
   hung->retryable_error = true;
   hung->end_us = invocations[0].end_us + 1;
   invocations[0].passed = false;
   judged("retries", JUDGE_SKIPPED, "no retryable error");
   hung->end_us = invocations[0].end_us;
   judged("retries", JUDGE_FAIL, "insert was sent once");
}

static void
reads_are_retried_too(void **state)
{
   (void)state;
   size_t one = connect_to(0, S);
   fail_command(command(one, "find", S));
   invocations[0].passed = false;
   judged("retries", JUDGE_FAIL, "find was sent once");
   command(one, "find", S + MS);
   judged("retries", JUDGE_PASS, "1 retryable error");
}

static void
refuse(unsigned member, int64_t at_us)
{
   refusals[facts.refusal_count++] = (struct witness_refusal){
      .member = member, .member_port = (uint16_t)(27017 + member), .client_port = 41000, .at_us = at_us};
   facts.counts.refused++;
}

static void
connections_refused_in_a_row(void **state)
{
   (void)state;
   size_t other = connect_to(2, 0);
   for (int64_t i = 0; i < 4; i++) {
      refuse(1, S + (10 + i) * MS);
   }
   judged("retries",
          JUDGE_SKIPPED,
          "no retryable error reached the driver (outage and failover cause some); 4 connections");
   invocations[0].passed = false;
   judged("retries",
          JUDGE_FAIL,
          "a failed invocation of cold sent no command: 4 connections in a row to 127.0.0.1:27018, which was down, "
          "were refused, with no hello in between");
   hello(other, S + 12 * MS - 1, WITNESS_PLAIN);
   judged("retries", JUDGE_FAIL, "2 connections in a row");
   refusals[1].member_port = refusals[3].member_port = 27017;
   judged("retries", JUDGE_SKIPPED, "");
   refusals[1].member_port = refusals[3].member_port = 27018;
   command(other, "insert", S + 5 * MS);
   judged("retries", JUDGE_FAIL, "sent no further command: 2 connections");
   commands[0].start_us = S + 20 * MS;
   judged("retries", JUDGE_SKIPPED, "");
   facts.command_count = 0;
   invocations[0].end_us = S + 5 * MS;
   judged("retries", JUDGE_SKIPPED, "");
}

static void
refused_after_a_command_without_reply(void **state)
{
   (void)state;
   struct witness_command *first = command(connect_to(1, 0), "insert", S);
   first->outcome = WITNESS_NO_REPLY;
   first->numbered = first->retryable_error = true;
   invocations[0].passed = false;
   for (int64_t i = 0; i < 4; i++) {
      refuse(1, S + (10 + i) * MS);
   }
   judged("retries",
          JUDGE_FAIL,
          "insert was sent once, to 127.0.0.1:27018 over port 40000, got no reply, and was not retried: the driver "
          "should have; then 4 connections in a row to 127.0.0.1:27018, which was down, were refused, with no hello in "
          "between");
}

static void
refused_connections_that_nobody_sees(void **state)
{
   (void)state;
   facts.sees_refused = false;
   judged("retries", JUDGE_SKIPPED, "refused connections cannot be seen without CAP_NET_RAW");
}

/* --- errors_told
 * ------------------------------------------------------------------------------------------------------ */

static void
errors_told(void **state)
{
   (void)state;
   judged("errors_told", JUDGE_PASS, "1 successful answer, none hides a failed command");
   invocations[0].more = 3;
   judged("errors_told", JUDGE_PASS, "4 successful answers, none hides a failed command");
   invocations[0].more = 0;
   struct witness_command *failed = command(connect_to(0, S), "insert", S);
   fail_command(failed);
   judged("errors_told", JUDGE_FAIL, "an invocation of cold reported success, although its insert on shop.orders");
   failed->error_code = 11000; /* the function's own business */
   judged("errors_told", JUDGE_PASS, "");
   failed->error_code = 189;
   command(0, "insert", S + MS);
   judged("errors_told", JUDGE_PASS, "");
   invocations[0].status_code = 500;
   judged("errors_told", JUDGE_FAIL, "1 of 1 successful answers have statusCode 500");
   invocations[0].passed = false;
   judged("errors_told", JUDGE_SKIPPED, "");
}

/* --- report_agrees
 * ---------------------------------------------------------------------------------------------------- */

/* Two invocations with reports of one process, with two commands each. */
static void
report_two(void)
{
   size_t one = connect_to(0, S);
   connections[one].handshake = 0;
   introduce();
   for (int i = 0; i < 2; i++) {
      invocations[i] = (struct judge_invocation){.name = i == 0 ? "cold" : "warm",
                                                 .start_us = (2 * i + 1) * S,
                                                 .end_us = (2 * i + 2) * S,
                                                 .cold = i == 0,
                                                 .passed = true,
                                                 .alone = true,
                                                 .has_report = true,
                                                 .report = {.commands = 2, .has_handshake = true}};
      strcpy(invocations[i].report.env_name, "aws.lambda");
      command(one, "insert", invocations[i].start_us + MS);
      command(one, "delete", invocations[i].start_us + 3 * MS);
   }
   seen.invocation_count = 2;
}

static void
reports_that_agree(void **state)
{
   (void)state;
   judged("report_agrees", JUDGE_SKIPPED, "answers are not faas-harness reports");
   report_two();
   judged("report_agrees", JUDGE_PASS, "2 reports and the wire agree on 4 commands");
   invocations[0].alone = false;
   judged("report_agrees", JUDGE_SKIPPED, "needs a process that is alone");
}

static void
one_more_command(void)
{
   command(0, "find", invocations[1].start_us + 5 * MS);
}

static void
one_command_less(void)
{
   facts.command_count--;
}

static void
a_failure_not_reported(void)
{
   fail_command(&commands[3]);
}

static void
a_reply_that_never_came(void)
{
   commands[3].outcome = WITNESS_NO_REPLY;
}

static void
awaited_and_not_reported(void)
{
   hello(0, 2 * S, WITNESS_AWAITABLE);
}

static void
reported_and_not_awaited(void)
{
   invocations[1].report.heartbeats_awaited = 1;
}

static void
another_env(void)
{
   strcpy(handshakes[0].env_name, "vercel");
}

static void
reports_that_differ(void **state)
{
   (void)state;
   static const struct {
      void (*differ)(void);
      const char *words;
   } cases[] = {
      {one_more_command,
       "a report of phase warm and the wire differ: the report has 2 commands, the server received 3"},
      {one_command_less, "the report has 2 successful commands, the server received 1"},
      {a_failure_not_reported, "0 failed commands, the server saw 1 fail"},
      {a_reply_that_never_came, "0 failed commands, the server saw 1 fail"},
      {awaited_and_not_reported,
       "a report of phase warm and the wire differ: the reports have 0 awaited heartbeats so far, the server received "
       "1"},
      {reported_and_not_awaited, "1 awaited heartbeats so far, the server received 0"},
      {another_env,
       "a report of phase cold and the wire differ: the report has client.env.name \"aws.lambda\", the server received "
       "\"vercel\""},
   };
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      set_up(NULL);
      report_two();
      cases[i].differ();
      judged("report_agrees", JUDGE_FAIL, cases[i].words);
   }
}

static void
a_command_between_two_invocations(void)
{
   command(0, "delete", 2 * S + S / 2);
   invocations[1].report.commands = 3;
}

static void
a_command_that_could_not_be_sent(void)
{
   invocations[1].report.commands = 3;
   invocations[1].report.commands_failed = 1;
}

static void
commands_nobody_is_told_of(void)
{
   command(0, "ping", 3 * S + MS);
   command(0, "endSessions", 3 * S + MS);
}

static void
a_write_error(void)
{
   fail_command(&commands[3]);
   commands[3].error_name[0] = '\0';
}

static void
a_heartbeat_that_failed(void)
{
   invocations[1].report.heartbeats_awaited = invocations[1].report.heartbeats_failed = 1;
}

static void
awaited_in_the_second_of_two_reports(void)
{
   hello(0, 2 * S - 1, WITNESS_AWAITABLE);
   invocations[1].report.heartbeats_awaited = 1;
}

static void
a_handshake_that_was_not_seen(void)
{
   another_env();
   invocations[0].report.has_handshake = invocations[1].report.has_handshake = false;
}

static void
after_an_invocation_that_failed(void)
{
   invocations[0].passed = false;
   one_more_command();
}

static void
what_may_differ(void **state)
{
   (void)state;
   static void (*const cases[])(void) = {
      a_command_between_two_invocations,
      a_command_that_could_not_be_sent,
      commands_nobody_is_told_of,
      a_write_error,
      a_heartbeat_that_failed,
      awaited_in_the_second_of_two_reports,
      a_handshake_that_was_not_seen,
   };
   for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      set_up(NULL);
      report_two();
      cases[i]();
      judged("report_agrees", JUDGE_PASS, "2 reports");
   }
   set_up(NULL);
   report_two();
   after_an_invocation_that_failed();
   judged("report_agrees", JUDGE_SKIPPED, "alone with the database and has not failed");
}

#define CASE(function) cmocka_unit_test_setup(function, set_up)

/* --- overlapping
 * ----------------------------------------------------------------------------------------------------- */

static void
those_at_the_same_time_are_told_as_one(void **state)
{
   (void)state;
   struct judge_invocation all[] = {
      {.name = "cold", .start_us = 0, .end_us = 5, .cold = true, .passed = true, .alone = true, .has_report = true},
      {.name = "warm", .start_us = 10, .end_us = 20, .alone = true, .has_report = true, .report.commands = 2},
      {.name = "warm", .start_us = 11, .end_us = 40, .passed = true, .alone = true, .has_report = true},
      {.name = "warm", .start_us = 12, .end_us = 30, .alone = true, .report.commands = 3},
      {.name = "warm", .start_us = 35, .end_us = 36, .instance = 1, .passed = true, .alone = true},
      {.name = "warm", .start_us = 40, .end_us = 50, .passed = true, .alone = true},
   };
   assert_int_equal(overlapping_merge(all, 0), 0);
   assert_int_equal(overlapping_merge(all, sizeof all / sizeof all[0]), 4);
   assert_true(all[0].cold && all[0].passed && all[0].more == 0);
   assert_true(all[1].start_us == 10 && all[1].end_us == 40 && !all[1].passed && !all[1].has_report && !all[1].cold);
   assert_int_equal(all[1].more, 2);
   assert_int_equal(all[1].more_failed, 1);
   assert_int_equal(all[1].report.commands, 5);
   assert_int_equal(all[2].instance, 1);
   assert_int_equal(all[3].start_us, 40);
}

static const struct CMUnitTest tests[] = {
   CASE(database_used),
   CASE(streaming),
   CASE(heartbeats),
   CASE(an_awaitable_hello_follows_at_once),
   CASE(a_new_connection_may_look_at_once),
   CASE(polls_more_often_than_asked),
   CASE(what_calls_for_a_look),
   CASE(after_the_thaw),
   CASE(round_trips),
   CASE(round_trips_far_away_with_tls),
   CASE(round_trips_beside_a_dropped_monitor),
   CASE(unique_after_restore),
   CASE(left_out_without_a_restore),
   CASE(handshake),
   CASE(handshake_fields),
   CASE(handshake_of_a_container),
   CASE(handshake_of_two_platforms),
   CASE(writes_are_done_once),
   CASE(documents_that_stay),
   CASE(a_delete_by_another_filter_counts),
   CASE(retries),
   CASE(reads_are_retried_too),
   CASE(attempts_of_an_invocation_that_failed),
   CASE(a_failure_that_was_hidden),
   CASE(no_time_to_try_again),
   CASE(connections_refused_in_a_row),
   CASE(refused_after_a_command_without_reply),
   CASE(refused_connections_that_nobody_sees),
   CASE(errors_told),
   CASE(hellos_on_a_busy_machine),
   CASE(reports_that_agree),
   CASE(reports_that_differ),
   CASE(what_may_differ),
   CASE(those_at_the_same_time_are_told_as_one),
};

FAAS_TEST_MAIN(tests)
