/* Every rule of the judge: what is red, what is green, and what cannot be told. */
#include "judge.h"
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
static struct judge_case seen;
static struct finding finding;

/* One sound invocation in the second second. */
static int
set_up(void **state)
{
   (void)state;
   memset(connections, 0, sizeof connections);
   memset(hellos, 0, sizeof hellos);
   memset(commands, 0, sizeof commands);
   memset(handshakes, 0, sizeof handshakes);
   memset(writes, 0, sizeof writes);
   facts = (struct witness_facts){
      .handshakes = handshakes, .connections = connections, .hellos = hellos, .commands = commands};
   invocations[0] =
      (struct judge_invocation){.name = "cold", .start_us = 1 * S, .end_us = 2 * S, .passed = true, .alone = true};
   seen = (struct judge_case){.facts = &facts,
                              .invocations = invocations,
                              .invocation_count = 1,
                              .writes = writes,
                              .writes_complete = true,
                              .region = "us-east-1",
                              .memory_mb = 128,
                              .uri_options = "",
                              .running_ms = 1500};
   return 0;
}

static void
judged(const char *name, enum judge_verdict verdict, const char *words)
{
   finding = (struct finding){.verdict = JUDGE_SKIPPED};
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
   seen.running_ms = 300;
   judged("streaming_protocol", JUDGE_SKIPPED, "too short to tell");
   hello(one, S + 1, WITNESS_AWAITABLE);
   judged("streaming_protocol", JUDGE_FAIL, "the driver streams: 1 of 2 hellos");
   assert_non_null(strstr(finding.advice, "serverMonitoringMode=poll"));
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
   judged("heartbeat_interval", JUDGE_FAIL, "1 of 2 less than 500 ms after the one before, the closest 1 ms");
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

/* --- rtt_connection
 * --------------------------------------------------------------------------------------------------- */

static void
round_trips(void **state)
{
   (void)state;
   size_t monitor = connect_to(0, S);
   judged("rtt_connection", JUDGE_SKIPPED, "no connection of a monitor");
   hello(monitor, S, WITNESS_PLAIN);
   hello(monitor, 2 * S, WITNESS_PLAIN);
   size_t application = connect_to(0, S);
   hello(application, S, WITNESS_PLAIN);
   command(application, "find", S);
   judged("rtt_connection", JUDGE_PASS, "one monitoring connection to each member");
   size_t second = connect_to(0, S + 10 * MS);
   hello(second, S + 10 * MS, WITNESS_PLAIN);
   hello(second, S + 11 * MS, WITNESS_PLAIN);
   judged("rtt_connection", JUDGE_WARNING, "has 1 connection to measure round trips");
   judged("heartbeat_interval", JUDGE_PASS, "1000 ms apart");
   hello(second, S + 12 * MS, WITNESS_PLAIN);
   judged("heartbeat_interval", JUDGE_FAIL, "closest 1 ms");
   invocations[0].alone = false;
   judged("rtt_connection", JUDGE_SKIPPED, "");
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
   judged("handshake", JUDGE_FAIL, "client.env is missing, and would have fitted (300 bytes), on 2 of 2");
   assert_non_null(strstr(finding.advice, "does not know that it runs in Lambda"));
   one->bytes = 482;
   judged("handshake", JUDGE_PASS, "client.env left out for the size of the document (482 bytes of 512)");
   one->bytes = 513;
   judged("handshake", JUDGE_FAIL, "513 bytes, and at most 512");
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
   one->has_os_details = false; /* which would have come back first */
   judged("handshake", JUDGE_PASS, "region and memory_mb left out");
   one = introduce();
   one->env_memory_mb = 64;
   judged("handshake", JUDGE_FAIL, "memory_mb is 64, not 128, on 2 of 4");
   one->container_outside_env = true;
   judged("handshake", JUDGE_FAIL, "container is in client");
   one->has_client = false;
   judged("handshake", JUDGE_FAIL, "no client document");
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
   judged("writes_once", JUDGE_FAIL, "1 document left in shop.orders by a function that deletes what it inserts");
   invocations[0].passed = false;
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
   seen.uri_options = "retryWrites=false";
   judged("retries", JUDGE_FAIL, "retryWrites=false in the URI forbids it");
   first->numbered = true;
   struct witness_command *second = command(one, "insert", S + MS);
   second->numbered = true;
   second->attempt = 2;
   judged("retries", JUDGE_PASS, "1 retryable error, each tried again");
   second->transaction_number = 7; /* another operation */
   judged("retries", JUDGE_FAIL, "was not tried again");
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

/* --- errors_told
 * ------------------------------------------------------------------------------------------------------ */

static void
errors_told(void **state)
{
   (void)state;
   judged("errors_told", JUDGE_PASS, "no failure hidden in 1 good answer");
   struct witness_command *failed = command(connect_to(0, S), "insert", S);
   fail_command(failed);
   judged(
      "errors_told", JUDGE_FAIL, "an invocation of cold answered as if all was well, though its insert on shop.orders");
   failed->error_code = 11000; /* a function's own business */
   judged("errors_told", JUDGE_PASS, "");
   failed->error_code = 189;
   command(0, "insert", S + MS);
   judged("errors_told", JUDGE_PASS, "");
   invocations[0].status_code = 500;
   judged("errors_told", JUDGE_FAIL, "1 of 1 good answers have statusCode 500");
   invocations[0].passed = false;
   judged("errors_told", JUDGE_SKIPPED, "");
}

#define CASE(function) cmocka_unit_test_setup(function, set_up)

static const struct CMUnitTest tests[] = {
   CASE(database_used),
   CASE(streaming),
   CASE(heartbeats),
   CASE(an_awaitable_hello_follows_at_once),
   CASE(a_new_connection_may_look_at_once),
   CASE(round_trips),
   CASE(handshake),
   CASE(handshake_fields),
   CASE(writes_are_done_once),
   CASE(documents_that_stay),
   CASE(a_delete_by_another_filter_counts),
   CASE(retries),
   CASE(reads_are_retried_too),
   CASE(errors_told),
};

FAAS_TEST_MAIN(tests)
