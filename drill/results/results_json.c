#include "results_json.h"

#include "json_parts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void
add_phase(cJSON *object, const struct drill_phase *phase)
{
   json_add_text(object, "name", phase->name);
   json_add_text(object, "title", phase->title);
   cJSON_AddNumberToObject(object, "round", phase->round);
   json_add_verdict(object, phase->verdict);
   json_add_text_or_null(object, "reason", phase->reason);
   json_add_ms(object, "startMs", phase->start_ms);
   json_add_ms(object, "endMs", phase->end_ms);
   json_add_ms(object, "frozenMs", phase->frozen_ms);
   json_add_ms(object, "frozenCpuMs", phase->frozen_cpu_ms);
   json_add_ms(object, "recoverMs", phase->recover_ms);
   json_add_text_or_null(object, "driverDid", phase->driver_did);
   json_add_text_or_null(object, "advice", phase->advice);
}

static void
add_driver_counts(cJSON *object, const struct drill_invocation *one)
{
   if (!one->has_report) {
      cJSON_AddNullToObject(object, "counts");
      return;
   }
   cJSON *counts = cJSON_AddObjectToObject(object, "counts");
   cJSON_AddBoolToObject(counts, "insertOk", one->insert_ok);
   cJSON_AddBoolToObject(counts, "deleteOk", one->delete_ok);
   cJSON_AddNumberToObject(counts, "heartbeats", one->heartbeats);
   cJSON_AddNumberToObject(counts, "heartbeatsFailed", one->heartbeats_failed);
   cJSON_AddNumberToObject(counts, "heartbeatsAwaited", one->heartbeats_awaited);
   json_add_ms(counts, "shortestHeartbeatIntervalMs", one->shortest_heartbeat_interval_ms);
   cJSON_AddNumberToObject(counts, "commands", one->commands);
   cJSON_AddNumberToObject(counts, "commandsFailed", one->commands_failed);
   cJSON_AddNumberToObject(counts, "commandsRetried", one->commands_retried);
   cJSON_AddNumberToObject(counts, "applicationConnections", one->application_connections);
   cJSON_AddNumberToObject(counts, "monitoringConnections", one->monitoring_connections);
   cJSON_AddNumberToObject(counts, "connectionsCreated", one->connections_created);
}

/* null if there is none. */
static void
add_number_of(cJSON *object, const char *what, int number)
{
   if (number < 0) {
      cJSON_AddNullToObject(object, what);
   } else {
      cJSON_AddNumberToObject(object, what, number);
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
add_invocation(cJSON *object, const struct drill_invocation *one, const char *report)
{
   cJSON_AddNumberToObject(object, "phase", (double)one->phase);
   cJSON_AddNumberToObject(object, "instance", one->instance);
   add_number_of(object, "lane", one->lane);
   json_add_text(object, "name", one->name);
   json_add_verdict(object, one->verdict);
   json_add_text_or_null(object, "reason", one->reason);
   json_add_text(object, "outcome", one->outcome);
   json_add_text_or_null(object, "errorType", one->error_type);
   json_add_text(object, "requestId", one->request_id);
   cJSON_AddBoolToObject(object, "cold", one->cold);
   json_add_ms(object, "atMs", one->at_ms);
   json_add_ms(object, "initMs", one->init_ms);
   json_add_ms(object, "durationMs", one->duration_ms);
   json_add_ms(object, "frozenMs", one->frozen_ms);
   json_add_ms(object, "frozenCpuMs", one->frozen_cpu_ms);
   json_add_ms(object, "thawToAnswerMs", one->thaw_to_answer_ms);
   cJSON_AddNumberToObject(object, "maxMemoryMb", one->max_memory_mb);
   json_add_lines(object, "violations", one->violations);
   add_driver_counts(object, one);
   json_add_parsed(object, "report", report);
   json_add_text_or_null(object, "answer", one->answer);
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
add_invocations(cJSON *root,
                const struct drill_results *results,
                const struct results_most *most,
                struct left_out *left_out)
{
   cJSON *array = cJSON_AddArrayToObject(root, "invocations");
   struct share share = {.count = results->invocation_count, .most = most->invocations};
   size_t failed_bytes = most->report_bytes / 4 * 3;
   size_t other_bytes = most->report_bytes - failed_bytes;
   for (size_t i = 0; i < results->invocation_count; i++) {
      const struct drill_invocation *one = &results->invocations[i];
      bool failed = one->verdict == DRILL_FAIL;
      if (!takes(&share, failed)) {
         left_out->invocations++;
         left_out->failed += failed ? 1 : 0;
         continue;
      }
      cJSON *object = json_add_element(array);
      if (share.count > share.most) {
         cJSON_AddNumberToObject(object, "number", (double)(i + 1));
      }
      bool report_too = takes_report(one->report, failed ? &failed_bytes : &other_bytes);
      add_invocation(object, one, report_too ? one->report : NULL);
      left_out->reports += report_too ? 0 : 1;
   }
}

static void
add_sample(cJSON *object, const struct drill_sample *sample)
{
   json_add_ms(object, "atMs", sample->at_ms);
   cJSON_AddNumberToObject(object, "connections", sample->connections);
   json_add_ms(object, "serverMb", sample->server_mb);
   cJSON_AddNumberToObject(object, "running", sample->running);
}

static void
add_cold_start(cJSON *object, const struct drill_cold_start *one)
{
   cJSON_AddNumberToObject(object, "phase", (double)one->phase);
   json_add_text(object, "setting", one->setting);
   json_add_text_or_null(object, "reason", one->reason);
   cJSON_AddNumberToObject(object, "times", one->times);
   json_add_ms(object, "roundTripMs", one->round_trip_ms);
   json_add_ms(object, "totalMs", one->tried ? one->total_ms : -1);
   for (int part = 0; part < COLD_START_PARTS; part++) {
      json_add_ms(object, cold_start_part_key((enum cold_start_part)part), one->tried ? one->ms[part] : -1);
   }
   cJSON_AddNumberToObject(object, "roundTrips", one->round_trips);
   cJSON_AddNumberToObject(object, "connections", one->connections);
   cJSON_AddNumberToObject(object, "lookups", one->lookups);
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
add_entry(cJSON *object, const struct timeline_entry *entry, int64_t origin_us)
{
   cJSON_AddStringToObject(object, "kind", kind_name(entry->kind));
   add_number_of(object, "instance", entry->instance);
   add_number_of(object, "lane", entry->kind == TIMELINE_INVOCATION ? entry->lane : -1);
   cJSON_AddBoolToObject(object, "bad", entry->bad);
   json_add_axis_us(object, "startMs", entry->start_us - origin_us);
   if (entry->end_us < 0) {
      cJSON_AddNullToObject(object, "endMs");
   } else {
      json_add_axis_us(object, "endMs", entry->end_us - origin_us);
   }
   json_add_text(object, "label", entry->label);
   json_add_text_or_null(object, "detail", entry->detail);
}

static void
add_timeline(cJSON *root, struct timeline *timeline, const struct results_most *most, struct left_out *left_out)
{
   cJSON *array = cJSON_AddArrayToObject(root, "timeline");
   size_t count = 0;
   struct timeline_entry *entries = timeline == NULL ? NULL : timeline_copy(timeline, 0, &count);
   struct share share = {.count = count, .most = most->entries};
   for (size_t i = 0; i < count; i++) {
      if (takes(&share, entries[i].bad)) {
         add_entry(json_add_element(array), &entries[i], timeline_origin_us(timeline));
      } else {
         left_out->entries++;
      }
   }
   free(entries);
}

static void
add_head(cJSON *root, const struct drill_results *results)
{
   cJSON_AddNumberToObject(root, "resultsVersion", 1);
   json_add_verdict(root, results->verdict);
   json_add_text(root, "drillVersion", results->version);
   json_add_wall(root, "startedAt", results->started_wall_ms);
   json_add_ms(root, "durationMs", results->duration_ms);
   json_add_text(root, "package", results->package);
   json_add_text_or_null(root, "driver", results->driver);
   json_add_text_or_null(root, "client", results->client);
   json_add_text(root, "isolation", results->isolation);
   json_add_text(root, "platform", results->platform);
   cJSON_AddNumberToObject(root, "concurrency", results->concurrency > 0 ? results->concurrency : 1);
   cJSON_AddBoolToObject(root, "emulated", results->emulated);
   json_add_text(root, "deployment", results->deployment);
   json_add_parsed(root, "handshake", results->handshake);
}

static void
add_checks(cJSON *root, const struct drill_results *results)
{
   cJSON *array = cJSON_AddArrayToObject(root, "checks");
   for (size_t i = 0; i < results->check_count; i++) {
      cJSON *object = json_add_element(array);
      json_add_text(object, "name", results->checks[i].name);
      json_add_text_or_null(object, "source", results->checks[i].source);
      json_add_verdict(object, results->checks[i].verdict);
      json_add_text(object, "detail", results->checks[i].detail);
      json_add_ms(object, "measured", results->checks[i].measured);
   }
}

/* null if there is no file. */
static void
add_expectations(cJSON *root, const struct drill_results *results)
{
   if (results->expect_file[0] == '\0') {
      cJSON_AddNullToObject(root, "expectations");
      return;
   }
   cJSON *whole = cJSON_AddObjectToObject(root, "expectations");
   json_add_text(whole, "file", results->expect_file);
   cJSON *array = cJSON_AddArrayToObject(whole, "lines");
   for (size_t i = 0; i < results->expectation_count; i++) {
      const struct drill_expectation *line = &results->expectations[i];
      cJSON *object = json_add_element(array);
      cJSON_AddNumberToObject(object, "line", line->line);
      cJSON_AddStringToObject(object, "how", line->always ? "always" : "sometimes");
      json_add_text(object, "name", line->name);
      json_add_text_or_null(object, "until", line->until);
      json_add_text_or_null(object, "needs", line->needs);
      json_add_text_or_null(object, "says", line->says);
      json_add_text(object, "why", line->why);
      cJSON_AddStringToObject(object, "outcome", drill_expected_name(line->outcome));
   }
}

static void
add_left_out(cJSON *root, const struct left_out *left_out)
{
   if (left_out->invocations + left_out->reports + left_out->entries > 0) {
      cJSON *object = cJSON_AddObjectToObject(root, "leftOut");
      cJSON_AddNumberToObject(object, "invocations", (double)left_out->invocations);
      cJSON_AddNumberToObject(object, "failed", (double)left_out->failed);
      cJSON_AddNumberToObject(object, "reports", (double)left_out->reports);
      cJSON_AddNumberToObject(object, "timeline", (double)left_out->entries);
   }
}

static cJSON *
make_root(const struct drill_results *results,
          struct timeline *timeline,
          const struct results_most *most,
          struct left_out *left_out)
{
   cJSON *root = cJSON_CreateObject();
   add_head(root, results);
   cJSON *array = cJSON_AddArrayToObject(root, "phases");
   for (size_t i = 0; i < results->phase_count; i++) {
      add_phase(json_add_element(array), &results->phases[i]);
   }
   add_invocations(root, results, most, left_out);
   add_checks(root, results);
   add_expectations(root, results);
   array = cJSON_AddArrayToObject(root, "samples");
   for (size_t i = 0; i < results->sample_count; i++) {
      add_sample(json_add_element(array), &results->samples[i]);
   }
   array = cJSON_AddArrayToObject(root, "coldStarts");
   for (size_t i = 0; i < results->cold_start_count; i++) {
      add_cold_start(json_add_element(array), &results->cold_starts[i]);
   }
   add_timeline(root, timeline, most, left_out);
   return root;
}

cJSON *
results_to_json(const struct drill_results *results, struct timeline *timeline, const struct results_most *most)
{
   static const struct results_most everything = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
   struct left_out left_out = {0};
   cJSON *root = make_root(results, timeline, most == NULL ? &everything : most, &left_out);
   add_left_out(root, &left_out);
   return root;
}

cJSON *
results_to_json_frame(const struct drill_results *results)
{
   static const struct results_most nothing = {0};
   struct left_out left_out = {0};
   return make_root(results, NULL, &nothing, &left_out);
}

cJSON *
results_json_invocation(const struct drill_invocation *one)
{
   cJSON *object = cJSON_CreateObject();
   add_invocation(object, one, one->report);
   return object;
}

cJSON *
results_json_entry(const struct timeline_entry *entry, int64_t origin_us)
{
   cJSON *object = cJSON_CreateObject();
   add_entry(object, entry, origin_us);
   return object;
}
