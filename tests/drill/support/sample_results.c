#include "sample_results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS_MAX 4
#define BURST 12

static const char HOSTILE[] =
   "<b>&\"'</script><!-- ]]> \x1b[31mred\x07 \xff\xc3( \xef\xbf\xbe caf\xc3\xa9 \xf0\x9f\x90\x98";

static const char *const VARIANTS[] = {"defaults", "connectTimeoutMS=2000", "socketTimeoutMS=5000", "keep-alive 10 s"};

#define NOT_FROZEN .frozen_ms = -1, .frozen_cpu_ms = -1

static const struct drill_phase PHASES[] = {
   {"cold",
    "First invocation of a new process",
    NOT_FROZEN,
    .recover_ms = -1,
    .driver_did = "3 connections opened, insert and delete sent"},
   {"warm",
    "Invoked again at once",
    .frozen_ms = 12,
    .recover_ms = -1,
    .driver_did = "pooled connection used again, 0 heartbeats"},
   {"frozen",
    "Suspended between two invocations",
    .frozen_ms = 60000,
    .recover_ms = 41.5,
    .driver_did = "pooled connection used again, 3 heartbeats late by 50 s"},
   {"outage",
    "Primary lost while the function is frozen",
    .frozen_ms = 60000,
    .recover_ms = 1312.25,
    .driver_did = "1 heartbeat failed, insert retried on 127.0.0.1:40002"},
   {"failover",
    "Primary lost during the invocation",
    NOT_FROZEN,
    .recover_ms = 2210.5,
    .driver_did = "insert failed, retried on 127.0.0.1:40003 after election"},
   {"dropped",
    "Idle connections dropped while frozen, as NAT gateways do",
    .frozen_ms = 60000,
    .recover_ms = 5037.75,
    .driver_did = "socket timed out after 5000 ms, insert retried on a new connection"},
};

struct sample {
   struct drill_results *results;
   struct timeline *timeline;
   enum sample_kind kind;
   double now_ms;
   unsigned number; /* of the next invocation */
};

#define PUT(array, text) (void)snprintf(array, sizeof(array), "%s", text)

/* Of the drill's own texts, or the hostile one. */
static const char *
told(const struct sample *sample, const char *text)
{
   return sample->kind == SAMPLE_HOSTILE ? HOSTILE : text;
}

static void
entry(const struct sample *sample,
      enum timeline_kind kind,
      int instance,
      bool bad,
      double start_ms,
      double end_ms,
      const char *label,
      const char *detail)
{
   int64_t origin = timeline_origin_us(sample->timeline);
   struct timeline_entry one = {
      .kind = kind,
      .instance = instance,
      .bad = bad,
      .start_us = origin + (int64_t)(start_ms * 1000),
      .end_us = end_ms < 0 ? -1 : origin + (int64_t)(end_ms * 1000),
   };
   PUT(one.label, label);
   PUT(one.detail, told(sample, detail));
   timeline_add(sample->timeline, &one);
}

/* What the driver did in one invocation, as the page's lanes show it. */
static void
driver_entries(const struct sample *sample, const struct drill_invocation *one)
{
   int of = one->instance;
   double at = one->at_ms, end = at + one->duration_ms;
   bool bad = one->verdict == DRILL_FAIL, retried = one->commands_retried > 0;
   for (int member = 1; member <= 3; member++) {
      char address[32];
      snprintf(address, sizeof address, "127.0.0.1:4000%d", member);
      bool failed = retried && member == 1;
      const char *text = failed ? "connection closed" : "answered";
      entry(sample, TIMELINE_HEARTBEAT, of, failed, at + member, at + member + 2.5, address, text);
      if (one->cold || failed) {
         text = member == 1 ? "application" : "monitoring";
         entry(sample, TIMELINE_CONNECTION, of, failed, at + member * 0.5, end + 400, address, text);
      }
   }
   double sent = at + 4;
   if (retried) {
      double lost = at + one->duration_ms * 0.9;
      entry(sample, TIMELINE_COMMAND, of, true, sent, lost, "insert", "Failed to read 4 bytes: socket timeout");
      sent = lost;
   }
   double half = sent + (end - sent) / 2;
   entry(sample, TIMELINE_COMMAND, of, bad, sent, half, "insert", bad ? "timed out" : "n: 1");
   entry(sample, TIMELINE_COMMAND, of, bad, half, end, "delete", bad ? "not sent" : "n: 1");
}

static bool
is(const char *name, const char *other)
{
   return strcmp(name, other) == 0;
}

static void
add_invocation(struct sample *sample, size_t phase, int instance, const char *name, double frozen_ms, bool bad)
{
   struct drill_invocation *one = results_add_invocation(sample->results);
   const char *of = sample->results->phases[phase].name;
   bool retried = is(of, "outage") || is(of, "failover") || is(of, "dropped");
   one->phase = phase;
   one->instance = instance;
   one->verdict = bad ? DRILL_FAIL : DRILL_PASS;
   one->cold = is(of, "cold");
   PUT(one->name, name);
   PUT(one->outcome, bad ? "timed out" : "answered");
   if (bad) {
      PUT(one->error_type, "Sandbox.Timedout");
      PUT(one->reason,
          told(sample,
               "expected an answer within 30 s, found none: the insert waited on a connection that had been dropped"));
   }
   snprintf(one->request_id, sizeof one->request_id, "00000000-0000-4000-8000-%012u", ++sample->number);
   if (frozen_ms > 0) {
      double until = sample->now_ms + frozen_ms;
      one->frozen_ms = frozen_ms;
      one->frozen_cpu_ms = 0;
      entry(sample, TIMELINE_FREEZE, instance, false, sample->now_ms, until, "frozen", "0 ms of CPU");
      sample->now_ms = until;
   }
   if (one->cold) {
      one->init_ms = 184.5 + instance;
      entry(sample, TIMELINE_INIT, instance, false, sample->now_ms, sample->now_ms + one->init_ms, "init", "");
      sample->now_ms += one->init_ms;
   }
   one->at_ms = sample->now_ms;
   one->duration_ms = bad ? 30000 : retried ? 1310.125 + instance : 8.25 + (double)(sample->number % 7);
   one->thaw_to_answer_ms = frozen_ms > 0 ? one->duration_ms + 0.75 : -1;
   one->max_memory_mb = 31;
   one->has_report = one->insert_ok = one->delete_ok = !bad;
   one->heartbeats = 3;
   one->heartbeats_failed = retried ? 1 : 0;
   one->shortest_heartbeat_interval_ms = one->cold ? -1 : 10000;
   one->commands = retried ? 3 : 2;
   one->commands_failed = one->commands_retried = retried ? 1 : 0;
   one->application_connections = 1;
   one->monitoring_connections = 3;
   one->connections_created = one->cold ? 4 : retried ? 1 : 0;
   entry(sample, TIMELINE_INVOCATION, instance, bad, one->at_ms, one->at_ms + one->duration_ms, name, one->outcome);
   driver_entries(sample, one);
   sample->now_ms += one->duration_ms + 1;
   if (one->has_report &&
       asprintf(&one->report, "{\"reportVersion\":1,\"invocation\":{\"id\":\"%s\"}}", one->request_id) < 0) {
      one->report = NULL;
   }
}

/* In the first phase; the last of them is refused. */
static void
add_cold_starts(struct sample *sample)
{
   static const char *const settings[] = {"as given", "minPoolSize=1", "a mongodb:// URI"};
   for (unsigned i = 0; i < COUNT(settings); i++) {
      struct drill_cold_start *cold = results_add_cold_start(sample->results);
      bool refused = i == COUNT(settings) - 1;
      PUT(cold->setting, settings[i]);
      PUT(cold->reason, refused ? told(sample, "no") : "");
      cold->round_trip_ms = 20;
      cold->tried = !refused;
      cold->times = refused ? 0 : 3;
      cold->round_trips = 8 + i;
      cold->connections = 4;
      for (int part = 0; part < COLD_START_PARTS; part++) {
         cold->ms[part] = 12.5 * part;
         cold->total_ms += cold->ms[part];
      }
   }
}

static void
add_burst(struct sample *sample, size_t phase, size_t *left)
{
   double begin = sample->now_ms, end = begin;
   for (int instance = 1; instance < BURST && *left > 0; instance++, (*left)--) {
      sample->now_ms = begin + instance * 3;
      add_invocation(sample, phase, instance, "cold", -1, false);
      end = sample->now_ms > end ? sample->now_ms : end;
   }
   for (unsigned i = 0; i < 40; i++) {
      struct drill_sample *moment = results_add_sample(sample->results);
      moment->at_ms = begin + i * 10;
      moment->connections = i < 20 ? i * 4 * BURST / 20 : 4 * BURST;
      moment->server_mb = 84.5 + i * 0.25;
      moment->running = i < 30 ? BURST : 0;
   }
   sample->now_ms = end;
}

static void
server_entries(const struct sample *sample, const char *phase, double start, double end)
{
   if (is(phase, "outage") || is(phase, "failover")) {
      const char *text = "primary 127.0.0.1:40001 stepped down";
      entry(sample, TIMELINE_SERVER, -1, true, start + 5, start + 5, "failover", text);
      entry(sample, TIMELINE_SERVER, -1, false, start + 5, start + 1200, "election", "no primary");
   } else if (is(phase, "dropped")) {
      entry(sample, TIMELINE_FAULT, -1, true, start + 1, end, "black hole", "idle connections dropped");
   }
}

/* The settings of phase dropped; with few invocations only the one that helps. */
static void
add_dropped(struct sample *sample, size_t phase, size_t *left, bool few)
{
   for (size_t i = few ? 2 : 0; i < COUNT(VARIANTS) && *left > 0; i++, (*left)--) {
      bool bad = sample->kind != SAMPLE_GOOD && (i == 0 || few);
      add_invocation(sample, phase, 0, VARIANTS[i], 60000, bad);
   }
}

static void
add_phase(struct sample *sample, const struct drill_phase *which, unsigned round, size_t *left, size_t frozen, bool few)
{
   struct drill_phase *phase = results_add_phase(sample->results);
   size_t index = sample->results->phase_count - 1;
   bool dropped = is(which->name, "dropped");
   if (sample->kind != SAMPLE_GOOD && round > 1 && is(which->name, "failover")) {
      memcpy(phase->name, which->name, sizeof phase->name);
      memcpy(phase->title, which->title, sizeof phase->title);
      phase->round = round;
      phase->verdict = DRILL_SKIPPED;
      PUT(phase->reason, "the deployment is the user's own and no outage command was given");
      return;
   }
   *phase = *which;
   phase->round = round;
   phase->start_ms = sample->now_ms;
   PUT(phase->driver_did, told(sample, which->driver_did));
   double start = phase->start_ms;
   if (dropped) {
      add_dropped(sample, index, left, few);
   } else if (*left > 0) {
      (*left)--;
      add_invocation(sample, index, 0, which->name, which->frozen_ms, false);
   }
   if (is(which->name, "frozen")) {
      for (; frozen > 0 && *left > 0; frozen--, (*left)--) {
         add_invocation(sample, index, 0, "frozen", 50, false);
      }
   }
   if (is(which->name, "cold") && round == 1 && *left > 40) {
      add_burst(sample, index, left);
   }
   phase = &sample->results->phases[index];
   if (dropped && sample->kind != SAMPLE_GOOD) {
      phase->verdict = DRILL_FAIL;
      PUT(phase->reason, "expected an answer within 30 s, found none: Sandbox.Timedout");
      PUT(phase->advice,
          "Set socketTimeoutMS below the function's timeout, for instance socketTimeoutMS=5000 in the connection "
          "string. Linux gives up on a dropped connection after some 15 minutes.");
   }
   phase->end_ms = sample->now_ms;
   entry(sample, TIMELINE_PHASE, -1, phase->verdict == DRILL_FAIL, start, phase->end_ms, which->name, which->title);
   server_entries(sample, which->name, start, phase->end_ms);
}

static void
add_checks(struct sample *sample)
{
   static const struct drill_check good[] = {
      {"writes_once", "Retryable Writes", DRILL_PASS, "0 documents left in faas.lambda", -1},
      {"record_matches", "", DRILL_PASS, "9 inserts and 9 deletes at the server, as reported", -1},
      {"connections_steady", "", DRILL_PASS, "never above 4", 4},
      {"no_cpu_while_frozen", "", DRILL_PASS, "0 ms of CPU in 240 s of freezes", -1},
      {"protocol_kept", "", DRILL_PASS, "no rule of the Runtime API was broken", -1},
   };
   for (size_t i = 0; i < COUNT(good); i++) {
      struct drill_check *check = results_add_check(sample->results);
      *check = good[i];
      if (sample->kind != SAMPLE_GOOD && is(check->name, "record_matches")) {
         check->verdict = DRILL_FAIL;
         PUT(check->detail, "expected 9 inserts at the server, found 8: one of \"defaults\" never arrived");
      } else if (sample->kind != SAMPLE_GOOD && is(check->name, "connections_steady")) {
         check->verdict = DRILL_SKIPPED;
         PUT(check->detail, "the server's connections can't be seen through the user's proxy");
      }
      if (sample->kind == SAMPLE_HOSTILE) {
         PUT(check->detail, HOSTILE);
      }
   }
}

/* The failures are known, and the last check's line is stale. */
static void
add_expectations(struct sample *sample)
{
   static const struct drill_expectation lines[] = {
      {.name = "dropped", .outcome = DRILL_EXPECTED_KNOWN},
      {.name = "record_matches", .outcome = DRILL_EXPECTED_KNOWN},
      {.name = "outage", .outcome = DRILL_EXPECTED_PASSED, .until = "2027-03-01"},
      {.name = "burst", .outcome = DRILL_EXPECTED_UNJUDGED},
      {.name = "protocol_kept", .outcome = DRILL_EXPECTED_STALE},
      {.name = "cold", .outcome = DRILL_EXPECTED_OTHER, .says = "EPIPE"},
   };
   struct drill_results *results = sample->results;
   PUT(results->expect_file, "known.txt");
   for (unsigned i = 0; i < COUNT(lines); i++) {
      struct drill_expectation *line = results_add_expectation(results);
      *line = lines[i];
      line->line = i + 1;
      line->always = line->until[0] == '\0';
      snprintf(line->why, sizeof line->why, "DRIVER-%u <is> & \"known\"", i + 1);
   }
   for (size_t i = 0; i < results->phase_count; i++) {
      struct drill_phase *phase = &results->phases[i];
      phase->verdict = phase->verdict == DRILL_FAIL ? DRILL_KNOWN : phase->verdict;
   }
   for (size_t i = 0; i < results->check_count; i++) {
      struct drill_check *check = &results->checks[i];
      check->verdict = check->verdict == DRILL_FAIL ? DRILL_KNOWN : check->verdict;
   }
   struct drill_check *last = &results->checks[results->check_count - 1];
   last->verdict = DRILL_FAIL;
   PUT(last->detail, "stale: protocol_kept now passes; delete line 5 of known.txt");
}

static void
set_head(struct drill_results *results, enum sample_kind kind)
{
   PUT(results->version, "0.1.0");
   PUT(results->package, kind == SAMPLE_HOSTILE ? HOSTILE : "mongodb/function.zip");
   PUT(results->driver, "libmongoc 2.5.7");
   PUT(results->client, "pool");
   PUT(results->deployment, "emulated: 3 members in front of one server");
   PUT(results->isolation, "full");
   results->emulated = true;
   results->started_wall_ms = 1790000000123;
   results->verdict = kind == SAMPLE_GOOD ? DRILL_PASS : DRILL_FAIL;
   if (kind != SAMPLE_EMPTY) {
      results->handshake = strdup("{\"driver\":{\"name\":\"mongoc\",\"version\":\"2.5.7\"},"
                                  "\"env\":{\"name\":\"aws.lambda\",\"timeout_sec\":{\"$numberInt\":\"30\"}}}");
   }
}

void
sample_fill(struct drill_results *results, struct timeline *timeline, enum sample_kind kind, size_t invocations)
{
   struct sample sample = {.results = results, .timeline = timeline, .kind = kind};
   set_head(results, kind);
   if (kind != SAMPLE_EMPTY) {
      bool few = invocations <= COUNT(PHASES);
      size_t each = COUNT(PHASES) - 1 + COUNT(VARIANTS);
      size_t rounds = (invocations + each - 1) / each;
      rounds = rounds == 0 ? 1 : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
      size_t more = invocations > rounds * each ? (invocations - rounds * each) / rounds + each : 0;
      size_t left = invocations;
      for (unsigned round = 1; round <= rounds; round++) {
         for (size_t i = 0; i < COUNT(PHASES); i++) {
            add_phase(&sample, &PHASES[i], round, &left, more, few);
         }
      }
      add_checks(&sample);
      add_cold_starts(&sample);
      if (kind == SAMPLE_KNOWN) {
         add_expectations(&sample);
      }
      /* One cut off by the end of the drill. */
      entry(&sample, TIMELINE_CONNECTION, 0, false, sample.now_ms, -1, "127.0.0.1:40002", "still open");
   }
   results->duration_ms = sample.now_ms;
}
