#include "sample_results.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS_MAX 4
#define BURST 12

static const char HOSTILE[] =
   "<b>&\"'</script><!-- ]]> \x1b[31mred\x07 \xff\xc3( \xef\xbf\xbe caf\xc3\xa9 \xf0\x9f\x90\x98";

static const char *const VARIANTS[] = {"defaults", "connectTimeoutMS=2000", "socketTimeoutMS=5000", "keep-alive 10 s"};

static const struct {
   const char *name;
   const char *title;
   double frozen_ms;
   double recover_ms;
   const char *driver_did;
} PHASES[] = {
   {"cold", "First invocation of a new process", -1, -1, "3 connections opened, insert and delete sent"},
   {"warm", "Invoked again at once", 12, -1, "pooled connection used again, 0 heartbeats"},
   {"frozen",
    "Suspended between two invocations",
    60000,
    41.5,
    "pooled connection used again, 3 heartbeats late by 50 s"},
   {"outage",
    "Primary lost while the function is frozen",
    60000,
    1312.25,
    "1 heartbeat failed, insert retried on 127.0.0.1:40002"},
   {"failover",
    "Primary lost during the invocation",
    -1,
    2210.5,
    "insert failed, retried on 127.0.0.1:40003 after election"},
   {"dropped",
    "Idle connections dropped while frozen, as NAT gateways do",
    60000,
    5037.75,
    "socket timed out after 5000 ms, insert retried on a new connection"},
};

struct sample {
   struct drill_results *results;
   struct timeline *timeline;
   enum sample_kind kind;
   double now_ms;
   unsigned number; /* of the next invocation */
   bool out_of_memory;
};

static void put(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
put(char *out, size_t size, const char *format, ...)
{
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(out, size, format, arguments);
   va_end(arguments);
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
   put(one.label, sizeof one.label, "%s", label);
   put(one.detail, sizeof one.detail, "%s", sample->kind == SAMPLE_HOSTILE ? HOSTILE : detail);
   timeline_add(sample->timeline, &one);
}

static char *
report_of(const struct drill_invocation *invocation, unsigned number)
{
   char *text = NULL;
   bool good = invocation->verdict == DRILL_PASS;
   if (asprintf(&text,
                "{\"reportVersion\":1,\"verdict\":\"%s\",\"heartbeatCount\":%u,\"openConnections\":%u,"
                "\"invocation\":{\"number\":%u,\"id\":\"%s\",\"cold\":%s,\"durationMs\":%.3f},"
                "\"operations\":{\"insert\":{\"ok\":%s},\"delete\":{\"ok\":%s}}}",
                good ? "pass" : "fail",
                invocation->heartbeats,
                invocation->application_connections,
                number,
                invocation->request_id,
                invocation->cold ? "true" : "false",
                invocation->duration_ms,
                invocation->insert_ok ? "true" : "false",
                invocation->delete_ok ? "true" : "false") < 0) {
      return NULL;
   }
   return text;
}

/* What the driver did in one invocation, as the page's lanes show it. */
static void
driver_entries(const struct sample *sample, const struct drill_invocation *invocation)
{
   double at = invocation->at_ms;
   double end = at + invocation->duration_ms;
   bool bad = invocation->verdict == DRILL_FAIL;
   bool retried = invocation->commands_retried > 0;
   for (int member = 1; member <= 3; member++) {
      char address[32];
      put(address, sizeof address, "127.0.0.1:4000%d", member);
      bool failed = retried && member == 1;
      entry(sample,
            TIMELINE_HEARTBEAT,
            invocation->instance,
            failed,
            at + member,
            at + member + 2.5,
            address,
            failed ? "connection closed" : "answered");
      if (invocation->cold || failed) {
         entry(sample,
               TIMELINE_CONNECTION,
               invocation->instance,
               failed,
               at + member * 0.5,
               end + 400,
               address,
               member == 1 ? "application" : "monitoring");
      }
   }
   double sent = at + 4;
   if (retried) {
      double lost = at + invocation->duration_ms * 0.9;
      entry(sample,
            TIMELINE_COMMAND,
            invocation->instance,
            true,
            sent,
            lost,
            "insert",
            "Failed to read 4 bytes: socket timeout");
      sent = lost;
   }
   double half = sent + (end - sent) / 2;
   entry(sample, TIMELINE_COMMAND, invocation->instance, bad, sent, half, "insert", bad ? "timed out" : "n: 1");
   entry(sample, TIMELINE_COMMAND, invocation->instance, bad, half, end, "delete", bad ? "not sent" : "n: 1");
}

static void
add_invocation(struct sample *sample, size_t phase, int instance, const char *name, double frozen_ms, bool bad)
{
   struct drill_invocation *one = results_add_invocation(sample->results);
   if (one == NULL) {
      sample->out_of_memory = true;
      return;
   }
   const char *phase_name = sample->results->phases[phase].name;
   bool retried =
      strcmp(phase_name, "outage") == 0 || strcmp(phase_name, "failover") == 0 || strcmp(phase_name, "dropped") == 0;
   one->phase = phase;
   one->instance = instance;
   one->verdict = bad ? DRILL_FAIL : DRILL_PASS;
   one->cold = strcmp(phase_name, "cold") == 0;
   put(one->name, sizeof one->name, "%s", name);
   put(one->outcome, sizeof one->outcome, "%s", bad ? "timed out" : "answered");
   put(one->error_type, sizeof one->error_type, "%s", bad ? "Sandbox.Timedout" : "");
   put(one->reason,
       sizeof one->reason,
       "%s",
       !bad                             ? ""
       : sample->kind == SAMPLE_HOSTILE ? HOSTILE
                                        : "expected an answer within 30 s, found none: the insert waited on a "
                                          "connection that had been dropped");
   put(one->request_id, sizeof one->request_id, "00000000-0000-4000-8000-%012u", ++sample->number);
   if (frozen_ms > 0) {
      one->frozen_ms = frozen_ms;
      one->frozen_cpu_ms = 0;
      entry(
         sample, TIMELINE_FREEZE, instance, false, sample->now_ms, sample->now_ms + frozen_ms, "frozen", "0 ms of CPU");
      sample->now_ms += frozen_ms;
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
   one->has_report = !bad;
   one->insert_ok = one->delete_ok = !bad;
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
   if (one->has_report) {
      one->report = report_of(one, sample->number);
   }
}

/* In the first phase; the last of them is refused. */
static void
add_cold_starts(struct sample *sample)
{
   static const char *const settings[] = {"as given", "minPoolSize=1", "a mongodb:// URI"};
   for (unsigned i = 0; i < COUNT(settings); i++) {
      struct drill_cold_start *cold = results_add_cold_start(sample->results);
      if (cold == NULL) {
         sample->out_of_memory = true;
         return;
      }
      bool refused = i == COUNT(settings) - 1;
      put(cold->setting, sizeof cold->setting, "%s", settings[i]);
      put(cold->reason, sizeof cold->reason, "%s", !refused ? "" : sample->kind == SAMPLE_HOSTILE ? HOSTILE : "no");
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
   double begin = sample->now_ms;
   double end = begin;
   for (int instance = 1; instance < BURST && *left > 0; instance++, (*left)--) {
      sample->now_ms = begin + instance * 3;
      add_invocation(sample, phase, instance, "cold", -1, false);
      end = sample->now_ms > end ? sample->now_ms : end;
   }
   for (unsigned i = 0; i < 40; i++) {
      struct drill_sample *moment = results_add_sample(sample->results);
      if (moment == NULL) {
         sample->out_of_memory = true;
         return;
      }
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
   if (strcmp(phase, "outage") == 0 || strcmp(phase, "failover") == 0) {
      entry(
         sample, TIMELINE_SERVER, -1, true, start + 5, start + 5, "failover", "primary 127.0.0.1:40001 stepped down");
      entry(sample, TIMELINE_SERVER, -1, false, start + 5, start + 1200, "election", "no primary");
   } else if (strcmp(phase, "dropped") == 0) {
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
add_phase(struct sample *sample, size_t which, unsigned round, size_t *left, size_t frozen, bool few)
{
   struct drill_phase *phase = results_add_phase(sample->results);
   if (phase == NULL) {
      sample->out_of_memory = true;
      return;
   }
   size_t index = sample->results->phase_count - 1;
   const char *name = PHASES[which].name;
   bool dropped = strcmp(name, "dropped") == 0;
   put(phase->name, sizeof phase->name, "%s", name);
   put(phase->title, sizeof phase->title, "%s", PHASES[which].title);
   phase->round = round;
   if (sample->kind != SAMPLE_GOOD && round > 1 && strcmp(name, "failover") == 0) {
      phase->verdict = DRILL_SKIPPED;
      put(phase->reason, sizeof phase->reason, "the deployment is the user's own and no outage command was given");
      return;
   }
   phase->start_ms = sample->now_ms;
   phase->frozen_ms = PHASES[which].frozen_ms;
   phase->frozen_cpu_ms = PHASES[which].frozen_ms > 0 ? 0 : -1;
   phase->recover_ms = PHASES[which].recover_ms;
   put(phase->driver_did,
       sizeof phase->driver_did,
       "%s",
       sample->kind == SAMPLE_HOSTILE ? HOSTILE : PHASES[which].driver_did);
   double start = phase->start_ms;
   if (dropped) {
      add_dropped(sample, index, left, few);
   } else if (*left > 0) {
      (*left)--;
      add_invocation(sample, index, 0, name, PHASES[which].frozen_ms, false);
   }
   if (strcmp(name, "frozen") == 0) {
      for (; frozen > 0 && *left > 0; frozen--, (*left)--) {
         add_invocation(sample, index, 0, "frozen", 50, false);
      }
   }
   if (strcmp(name, "cold") == 0 && round == 1 && *left > 40) {
      add_burst(sample, index, left);
   }
   phase = &sample->results->phases[index];
   if (dropped && sample->kind != SAMPLE_GOOD) {
      phase->verdict = DRILL_FAIL;
      put(phase->reason, sizeof phase->reason, "expected an answer within 30 s, found none: Sandbox.Timedout");
      put(phase->advice,
          sizeof phase->advice,
          "Set socketTimeoutMS below the function's timeout, for instance socketTimeoutMS=5000 in the connection "
          "string. "
          "Linux gives up on a dropped connection after some 15 minutes.");
   }
   phase->end_ms = sample->now_ms;
   entry(sample, TIMELINE_PHASE, -1, phase->verdict == DRILL_FAIL, start, phase->end_ms, name, PHASES[which].title);
   server_entries(sample, name, start, phase->end_ms);
}

static void
add_check(struct sample *sample, const char *name, enum drill_verdict verdict, const char *detail)
{
   struct drill_check *check = results_add_check(sample->results);
   if (check == NULL) {
      sample->out_of_memory = true;
      return;
   }
   check->verdict = verdict;
   check->measured = strcmp(name, "connections_steady") == 0 ? 4 : -1;
   put(check->name, sizeof check->name, "%s", name);
   put(check->detail, sizeof check->detail, "%s", sample->kind == SAMPLE_HOSTILE ? HOSTILE : detail);
   put(check->source, sizeof check->source, "%s", strcmp(name, "writes_once") == 0 ? "Retryable Writes" : "");
}

static void
add_checks(struct sample *sample)
{
   bool good = sample->kind == SAMPLE_GOOD;
   add_check(sample, "writes_once", DRILL_PASS, "0 documents left in faas.lambda");
   add_check(sample,
             "record_matches",
             good ? DRILL_PASS : DRILL_FAIL,
             good ? "9 inserts and 9 deletes at the server, as reported"
                  : "expected 9 inserts at the server, found 8: one of \"defaults\" never arrived");
   add_check(sample,
             "connections_steady",
             good ? DRILL_PASS : DRILL_SKIPPED,
             good ? "never above 4" : "the server's connections can't be seen through the user's proxy");
   add_check(sample, "no_cpu_while_frozen", DRILL_PASS, "0 ms of CPU in 240 s of freezes");
   add_check(sample, "protocol_kept", DRILL_PASS, "no rule of the Runtime API was broken");
}

/* The failures are known, and the last check's line is stale. */
static void
add_expectations(struct sample *sample)
{
   static const struct {
      const char *name;
      enum drill_expected outcome;
   } lines[] = {{"dropped", DRILL_EXPECTED_KNOWN},
                {"record_matches", DRILL_EXPECTED_KNOWN},
                {"outage", DRILL_EXPECTED_PASSED},
                {"burst", DRILL_EXPECTED_UNJUDGED},
                {"protocol_kept", DRILL_EXPECTED_STALE},
                {"cold", DRILL_EXPECTED_OTHER}};
   struct drill_results *results = sample->results;
   put(results->expect_file, sizeof results->expect_file, "known.txt");
   for (unsigned i = 0; i < COUNT(lines); i++) {
      struct drill_expectation *line = results_add_expectation(results);
      if (line == NULL) {
         sample->out_of_memory = true;
         return;
      }
      line->line = i + 1;
      line->always = lines[i].outcome != DRILL_EXPECTED_PASSED;
      line->outcome = lines[i].outcome;
      put(line->name, sizeof line->name, "%s", lines[i].name);
      put(line->until, sizeof line->until, "%s", line->always ? "" : "2027-03-01");
      put(line->says, sizeof line->says, "%s", lines[i].outcome == DRILL_EXPECTED_OTHER ? "EPIPE" : "");
      put(line->why, sizeof line->why, "DRIVER-%u <is> & \"known\"", i + 1);
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
   put(last->detail, sizeof last->detail, "stale: %s now passes; delete line 5 of known.txt", last->name);
}

static void
set_head(struct drill_results *results, enum sample_kind kind)
{
   put(results->version, sizeof results->version, "0.1.0");
   put(results->package, sizeof results->package, "%s", kind == SAMPLE_HOSTILE ? HOSTILE : "mongodb/function.zip");
   put(results->driver, sizeof results->driver, "libmongoc 2.5.7");
   put(results->client, sizeof results->client, "pool");
   put(results->deployment, sizeof results->deployment, "emulated: 3 members in front of one server");
   put(results->isolation, sizeof results->isolation, "full");
   results->emulated = true;
   results->started_wall_ms = 1790000000123;
   results->verdict = kind == SAMPLE_GOOD ? DRILL_PASS : DRILL_FAIL;
   if (kind != SAMPLE_EMPTY) {
      results->handshake = strdup("{\"driver\":{\"name\":\"mongoc\",\"version\":\"2.5.7\"},"
                                  "\"env\":{\"name\":\"aws.lambda\",\"timeout_sec\":{\"$numberInt\":\"30\"}}}");
   }
}

bool
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
            add_phase(&sample, i, round, &left, more, few);
         }
      }
      add_checks(&sample);
      add_cold_starts(&sample);
      if (kind == SAMPLE_KNOWN && !sample.out_of_memory) {
         add_expectations(&sample);
      }
      /* One cut off by the end of the drill. */
      entry(&sample, TIMELINE_CONNECTION, 0, false, sample.now_ms, -1, "127.0.0.1:40002", "still open");
   }
   results->duration_ms = sample.now_ms;
   return !sample.out_of_memory;
}
