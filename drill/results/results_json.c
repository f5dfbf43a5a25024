#include "results_json.h"

#include "page_template.h"
#include "writers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void
add_phase(struct json_writer *json, const struct drill_phase *phase)
{
   json_open(json, NULL, "{");
   json_text(json, "name", phase->name);
   json_text(json, "title", phase->title);
   json_number(json, "round", phase->round);
   json_text(json, "verdict", drill_verdict_name(phase->verdict));
   json_text_or_null(json, "reason", phase->reason);
   json_ms(json, "startMs", phase->start_ms);
   json_ms(json, "endMs", phase->end_ms);
   json_ms(json, "frozenMs", phase->frozen_ms);
   json_ms(json, "frozenCpuMs", phase->frozen_cpu_ms);
   json_ms(json, "recoverMs", phase->recover_ms);
   json_text_or_null(json, "driverDid", phase->driver_did);
   json_text_or_null(json, "advice", phase->advice);
   json_close(json, "}");
}

static void
add_driver_counts(struct json_writer *json, const struct drill_invocation *one)
{
   if (!one->has_report) {
      json_null(json, "counts");
      return;
   }
   json_open(json, "counts", "{");
   json_bool(json, "insertOk", one->insert_ok);
   json_bool(json, "deleteOk", one->delete_ok);
   json_number(json, "heartbeats", one->heartbeats);
   json_number(json, "heartbeatsFailed", one->heartbeats_failed);
   json_number(json, "heartbeatsAwaited", one->heartbeats_awaited);
   json_ms(json, "shortestHeartbeatIntervalMs", one->shortest_heartbeat_interval_ms);
   json_number(json, "commands", one->commands);
   json_number(json, "commandsFailed", one->commands_failed);
   json_number(json, "commandsRetried", one->commands_retried);
   json_number(json, "applicationConnections", one->application_connections);
   json_number(json, "monitoringConnections", one->monitoring_connections);
   json_number(json, "connectionsCreated", one->connections_created);
   json_close(json, "}");
}

static void
add_number_or_null(struct json_writer *json, const char *name, int number)
{
   if (number < 0) {
      json_null(json, name);
   } else {
      json_number(json, name, number);
   }
}

/* Decides which elements of a long list to take. */
struct share {
   size_t count;
   size_t most;
   size_t next;
   size_t failed; /* taken from the middle because they failed */
};

static bool
takes(struct share *share, bool failed)
{
   size_t index = share->next++;
   if (share->count <= share->most || index < share->most / 4 || index >= share->count - share->most / 4) {
      return true;
   }
   return failed && share->failed++ < share->most / 2;
}

static void
add_invocation(struct json_writer *json, const struct drill_invocation *one, const char *report)
{
   json_number(json, "phase", (double)one->phase);
   json_number(json, "instance", one->instance);
   add_number_or_null(json, "lane", one->lane);
   json_text(json, "name", one->name);
   json_text(json, "verdict", drill_verdict_name(one->verdict));
   json_text_or_null(json, "reason", one->reason);
   json_text(json, "outcome", one->outcome);
   json_text_or_null(json, "errorType", one->error_type);
   json_text(json, "requestId", one->request_id);
   json_bool(json, "cold", one->cold);
   json_ms(json, "atMs", one->at_ms);
   json_ms(json, "initMs", one->init_ms);
   json_ms(json, "durationMs", one->duration_ms);
   json_ms(json, "frozenMs", one->frozen_ms);
   json_ms(json, "frozenCpuMs", one->frozen_cpu_ms);
   json_ms(json, "thawToAnswerMs", one->thaw_to_answer_ms);
   json_number(json, "maxMemoryMb", one->max_memory_mb);
   json_lines(json, "violations", one->violations);
   add_driver_counts(json, one);
   json_object(json, "report", report);
   json_text_or_null(json, "answer", one->answer);
}

/* What most left out; all 0 if nothing. */
struct left_out {
   size_t invocations;
   size_t failed; /* of those invocations */
   size_t reports;
   size_t entries;
};

static bool
takes_report(const char *report, size_t *bytes_left)
{
   size_t length = report == NULL ? 0 : strlen(report);
   if (length > *bytes_left) {
      return false;
   }
   *bytes_left -= length;
   return true;
}

static void
add_invocations(struct json_writer *json,
                const struct drill_results *results,
                const struct results_most *most,
                struct left_out *left_out)
{
   struct share share = {.count = results->invocation_count, .most = most->invocations};
   size_t failed_bytes = most->report_bytes / 4 * 3;
   size_t other_bytes = most->report_bytes - failed_bytes;
   json_open(json, "invocations", "[");
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *one = &results->invocations[i];
      bool failed = one->verdict == DRILL_FAIL;
      if (!takes(&share, failed)) {
         left_out->invocations++;
         left_out->failed += failed ? 1 : 0;
         continue;
      }
      json_open(json, NULL, "{");
      if (share.count > share.most) {
         json_number(json, "number", (double)(i + 1));
      }
      bool report_too = takes_report(one->report, failed ? &failed_bytes : &other_bytes);
      add_invocation(json, one, report_too ? one->report : NULL);
      left_out->reports += report_too ? 0 : 1;
      json_close(json, "}");
   }
   json_close(json, "]");
}

static void
add_sample(struct json_writer *json, const struct drill_sample *sample)
{
   json_open(json, NULL, "{");
   json_ms(json, "atMs", sample->at_ms);
   json_number(json, "connections", sample->connections);
   json_ms(json, "serverMb", sample->server_mb);
   json_number(json, "running", sample->running);
   json_close(json, "}");
}

static void
add_cold_start(struct json_writer *json, const struct drill_cold_start *one)
{
   json_open(json, NULL, "{");
   json_number(json, "phase", (double)one->phase);
   json_text(json, "setting", one->setting);
   json_text_or_null(json, "reason", one->reason);
   json_number(json, "times", one->times);
   json_ms(json, "roundTripMs", one->round_trip_ms);
   json_ms(json, "totalMs", one->tried ? one->total_ms : -1);
   for (int part = 0; part < COLD_START_PARTS; part++) {
      json_ms(json, cold_start_names[part].key, one->tried ? one->ms[part] : -1);
   }
   json_number(json, "roundTrips", one->round_trips);
   json_number(json, "connections", one->connections);
   json_number(json, "lookups", one->lookups);
   json_close(json, "}");
}

static const char *
kind_name(enum timeline_kind kind)
{
   static const char *const names[] = {[TIMELINE_PHASE] = "phase",
                                       [TIMELINE_INIT] = "init",
                                       [TIMELINE_INVOCATION] = "invocation",
                                       [TIMELINE_FREEZE] = "freeze",
                                       [TIMELINE_HEARTBEAT] = "heartbeat",
                                       [TIMELINE_COMMAND] = "command",
                                       [TIMELINE_CONNECTION] = "connection",
                                       [TIMELINE_SERVER] = "server",
                                       [TIMELINE_FAULT] = "fault"};
   return names[kind];
}

static void
add_entry(struct json_writer *json, const struct timeline_entry *entry, int64_t origin_us)
{
   json_open(json, NULL, "{");
   json_text(json, "kind", kind_name(entry->kind));
   add_number_or_null(json, "instance", entry->instance);
   add_number_or_null(json, "lane", entry->kind == TIMELINE_INVOCATION ? entry->lane : -1);
   json_bool(json, "bad", entry->bad);
   /* May be before the drill's own start, and so below 0. */
   json_number(json, "startMs", (double)(entry->start_us - origin_us) / 1000);
   if (entry->end_us < 0) {
      json_null(json, "endMs");
   } else {
      json_number(json, "endMs", (double)(entry->end_us - origin_us) / 1000);
   }
   json_text(json, "label", entry->label);
   json_text_or_null(json, "detail", entry->detail);
   json_close(json, "}");
}

static void
add_timeline(struct json_writer *json,
             struct timeline *timeline,
             const struct results_most *most,
             struct left_out *left_out)
{
   size_t count = 0;
   struct timeline_entry *entries = timeline == NULL ? NULL : timeline_copy(timeline, &count);
   struct share share = {.count = count, .most = most->entries};
   json_open(json, "timeline", "[");
   for (size_t i = 0; i < count; i++) {
      if (takes(&share, entries[i].bad)) {
         add_entry(json, &entries[i], timeline_origin_us(timeline));
      } else {
         left_out->entries++;
      }
   }
   json_close(json, "]");
   free(entries);
}

static void
add_head(struct json_writer *json, const struct drill_results *results)
{
   json_number(json, "resultsVersion", 1);
   json_text(json, "verdict", drill_verdict_name(results->verdict));
   json_text(json, "drillVersion", results->version);
   json_wall(json, "startedAt", results->started_wall_ms);
   json_ms(json, "durationMs", results->duration_ms);
   json_text(json, "package", results->package);
   json_text_or_null(json, "driver", results->driver);
   json_text_or_null(json, "client", results->client);
   json_text(json, "isolation", results->isolation);
   json_text(json, "platform", results->platform);
   json_text(json, "platformTitle", results->platform_title);
   json_text(json, "idle", results->idle);
   json_number(json, "concurrency", results->concurrency > 0 ? results->concurrency : 1);
   json_bool(json, "emulated", results->emulated);
   json_text(json, "deployment", results->deployment);
   json_object(json, "handshake", results->handshake);
}

static void
add_checks(struct json_writer *json, const struct drill_results *results)
{
   json_open(json, "checks", "[");
   for (size_t i = 0; i < results->check_count; i++) {
      json_open(json, NULL, "{");
      json_text(json, "name", results->checks[i].name);
      json_text_or_null(json, "source", results->checks[i].source);
      json_text(json, "verdict", drill_verdict_name(results->checks[i].verdict));
      json_text(json, "detail", results->checks[i].detail);
      json_ms(json, "measured", results->checks[i].measured);
      json_close(json, "}");
   }
   json_close(json, "]");
}

/* null if there is no file. */
static void
add_expectations(struct json_writer *json, const struct drill_results *results)
{
   if (results->expect_file[0] == '\0') {
      json_null(json, "expectations");
      return;
   }
   json_open(json, "expectations", "{");
   json_text(json, "file", results->expect_file);
   json_open(json, "lines", "[");
   for (size_t i = 0; i < results->expectation_count; i++) {
      const struct drill_expectation *line = &results->expectations[i];
      json_open(json, NULL, "{");
      json_number(json, "line", line->line);
      json_text(json, "how", line->always ? "always" : "sometimes");
      json_text(json, "name", line->name);
      json_text_or_null(json, "until", line->until);
      json_text_or_null(json, "needs", line->needs);
      json_text_or_null(json, "says", line->says);
      json_text(json, "why", line->why);
      json_text(json, "outcome", drill_expected_name(line->outcome));
      json_close(json, "}");
   }
   json_close(json, "]");
   json_close(json, "}");
}

static void
add_left_out(struct json_writer *json, const struct left_out *left_out)
{
   if (left_out->invocations + left_out->reports + left_out->entries > 0) {
      json_open(json, "leftOut", "{");
      json_number(json, "invocations", (double)left_out->invocations);
      json_number(json, "failed", (double)left_out->failed);
      json_number(json, "reports", (double)left_out->reports);
      json_number(json, "timeline", (double)left_out->entries);
      json_close(json, "}");
   }
}

void
results_to_json(struct json_writer *json,
                const struct drill_results *results,
                struct timeline *timeline,
                const struct results_most *most)
{
   static const struct results_most everything = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
   struct left_out left_out = {0};
   most = most == NULL ? &everything : most;
   json_open(json, NULL, "{");
   add_head(json, results);
   json_open(json, "phases", "[");
   for (size_t i = 0; i < results->phase_count; i++) {
      add_phase(json, &results->phases[i]);
   }
   json_close(json, "]");
   add_invocations(json, results, most, &left_out);
   add_checks(json, results);
   add_expectations(json, results);
   json_open(json, "samples", "[");
   for (size_t i = 0; i < results->sample_count; i++) {
      add_sample(json, &results->samples[i]);
   }
   json_close(json, "]");
   json_open(json, "coldStarts", "[");
   for (size_t i = 0; i < results->cold_start_count; i++) {
      add_cold_start(json, &results->cold_starts[i]);
   }
   json_close(json, "]");
   add_timeline(json, timeline, most, &left_out);
   add_left_out(json, &left_out);
   json_close(json, "}");
}

int
json_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error)
{
   struct result_file file;
   if (result_file_open(&file, path, error) != 0) {
      return -1;
   }
   results_to_json(&(struct json_writer){.file = &file}, results, timeline, NULL);
   return result_file_close(&file, error);
}

int
page_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error)
{
   /* Limits the page to some 4 MB, so that a browser opens any drill at once. */
   static const struct results_most most = {.invocations = 3000, .report_bytes = 1500000, .entries = 6000};
   struct result_file file;
   if (result_file_open(&file, path, error) != 0) {
      return -1;
   }
   result_file_put(&file, (const char *)page_head, page_head_length);
   results_to_json(&(struct json_writer){.file = &file, .in_script = true}, results, timeline, &most);
   result_file_put(&file, (const char *)page_tail, page_tail_length);
   return result_file_close(&file, error);
}
