#include "results_json.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Some 30 years. */
#define MS_MAX 1e12

static void
add_text(cJSON *object, const char *name, const char *text)
{
   char clean[TEXT_MAX];
   cJSON_AddStringToObject(object, name, text_clean(clean, sizeof clean, text, TEXT_JSON));
}

/* null for what is empty. */
static void
add_text_or_null(cJSON *object, const char *name, const char *text)
{
   if (text[0] == '\0') {
      cJSON_AddNullToObject(object, name);
   } else {
      add_text(object, name, text);
   }
}

/* With microsecond digits; null for what is not known. */
static void
add_ms(cJSON *object, const char *name, double ms)
{
   if (!(ms >= 0 && ms < MS_MAX)) {
      cJSON_AddNullToObject(object, name);
   } else {
      cJSON_AddNumberToObject(object, name, (double)(int64_t)(ms * 1000 + 0.5) / 1000);
   }
}

/* Also before the drill's own beginning, so below 0. */
static void
add_axis_us(cJSON *object, const char *name, int64_t us)
{
   cJSON_AddNumberToObject(object, name, (double)us / 1000);
}

/* cJSON takes any bytes for a text, JSON does not. */
static cJSON *
parse(const char *text)
{
   size_t size = 3 * strlen(text) + 1;
   char *clean = malloc(size);
   cJSON *parsed = clean == NULL ? NULL : cJSON_Parse(text_clean(clean, size, text, TEXT_JSON));
   free(clean);
   return parsed;
}

/* Text that is JSON becomes what it says. */
static void
add_parsed(cJSON *object, const char *name, const char *text)
{
   cJSON *parsed = text == NULL ? NULL : parse(text);
   if (!cJSON_IsObject(parsed)) {
      cJSON_Delete(parsed);
      parsed = cJSON_CreateNull();
   }
   cJSON_AddItemToObject(object, name, parsed);
}

/* An array with a text for each line. */
static void
add_lines(cJSON *object, const char *name, const char *text)
{
   cJSON *array = cJSON_AddArrayToObject(object, name);
   while (text != NULL && text[0] != '\0') {
      char line[TEXT_MAX];
      char clean[TEXT_MAX];
      size_t length = strcspn(text, "\n");
      snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), text);
      cJSON *element = cJSON_CreateString(text_clean(clean, sizeof clean, line, TEXT_JSON));
      if (!cJSON_AddItemToArray(array, element)) {
         cJSON_Delete(element);
      }
      text += length + (text[length] == '\n' ? 1 : 0);
   }
}

/* RFC 3339, UTC. */
static void
add_wall(cJSON *object, const char *name, int64_t wall_ms)
{
   time_t seconds = (time_t)(wall_ms / 1000);
   struct tm parts;
   char day[32] = "1970-01-01T00:00:00";
   if (gmtime_r(&seconds, &parts) != NULL) {
      strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
   }
   char text[48];
   snprintf(text, sizeof text, "%s.%03dZ", day, (int)(wall_ms % 1000));
   cJSON_AddStringToObject(object, name, text);
}

static void
add_verdict(cJSON *object, enum drill_verdict verdict)
{
   cJSON_AddStringToObject(object, "verdict", drill_verdict_name(verdict));
}

/* An object as the newest element. Without memory a NULL, to which cJSON adds nothing. */
static cJSON *
add_element(cJSON *array)
{
   cJSON *element = cJSON_CreateObject();
   if (element != NULL && !cJSON_AddItemToArray(array, element)) {
      cJSON_Delete(element);
      element = NULL;
   }
   return element;
}

static void
add_phase(cJSON *object, const struct drill_phase *phase)
{
   add_text(object, "name", phase->name);
   add_text(object, "title", phase->title);
   cJSON_AddNumberToObject(object, "round", phase->round);
   add_verdict(object, phase->verdict);
   add_text_or_null(object, "reason", phase->reason);
   add_ms(object, "startMs", phase->start_ms);
   add_ms(object, "endMs", phase->end_ms);
   add_ms(object, "frozenMs", phase->frozen_ms);
   add_ms(object, "frozenCpuMs", phase->frozen_cpu_ms);
   add_ms(object, "recoverMs", phase->recover_ms);
   add_text_or_null(object, "driverDid", phase->driver_did);
   add_text_or_null(object, "advice", phase->advice);
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
   add_ms(counts, "shortestHeartbeatIntervalMs", one->shortest_heartbeat_interval_ms);
   cJSON_AddNumberToObject(counts, "commands", one->commands);
   cJSON_AddNumberToObject(counts, "commandsFailed", one->commands_failed);
   cJSON_AddNumberToObject(counts, "commandsRetried", one->commands_retried);
   cJSON_AddNumberToObject(counts, "applicationConnections", one->application_connections);
   cJSON_AddNumberToObject(counts, "monitoringConnections", one->monitoring_connections);
   cJSON_AddNumberToObject(counts, "connectionsCreated", one->connections_created);
}

/* null for none. */
static void
add_lane(cJSON *object, int lane)
{
   if (lane < 0) {
      cJSON_AddNullToObject(object, "lane");
   } else {
      cJSON_AddNumberToObject(object, "lane", lane);
   }
}

static void
add_invocation(cJSON *object, const struct drill_invocation *one)
{
   cJSON_AddNumberToObject(object, "phase", (double)one->phase);
   cJSON_AddNumberToObject(object, "instance", one->instance);
   add_lane(object, one->lane);
   add_text(object, "name", one->name);
   add_verdict(object, one->verdict);
   add_text_or_null(object, "reason", one->reason);
   add_text(object, "outcome", one->outcome);
   add_text_or_null(object, "errorType", one->error_type);
   add_text(object, "requestId", one->request_id);
   cJSON_AddBoolToObject(object, "cold", one->cold);
   add_ms(object, "atMs", one->at_ms);
   add_ms(object, "initMs", one->init_ms);
   add_ms(object, "durationMs", one->duration_ms);
   add_ms(object, "frozenMs", one->frozen_ms);
   add_ms(object, "frozenCpuMs", one->frozen_cpu_ms);
   add_ms(object, "thawToAnswerMs", one->thaw_to_answer_ms);
   cJSON_AddNumberToObject(object, "maxMemoryMb", one->max_memory_mb);
   add_lines(object, "violations", one->violations);
   add_driver_counts(object, one);
   add_parsed(object, "report", one->report);
   add_text_or_null(object, "answer", one->answer);
}

static void
add_sample(cJSON *object, const struct drill_sample *sample)
{
   add_ms(object, "atMs", sample->at_ms);
   cJSON_AddNumberToObject(object, "connections", sample->connections);
   add_ms(object, "serverMb", sample->server_mb);
   cJSON_AddNumberToObject(object, "running", sample->running);
}

static void
add_cold_start(cJSON *object, const struct drill_cold_start *one)
{
   cJSON_AddNumberToObject(object, "phase", (double)one->phase);
   add_text(object, "setting", one->setting);
   add_text_or_null(object, "reason", one->reason);
   cJSON_AddNumberToObject(object, "times", one->times);
   add_ms(object, "roundTripMs", one->round_trip_ms);
   add_ms(object, "totalMs", one->tried ? one->total_ms : -1);
   for (int part = 0; part < COLD_START_PARTS; part++) {
      add_ms(object, cold_start_part_key(part), one->tried ? one->ms[part] : -1);
   }
   cJSON_AddNumberToObject(object, "roundTrips", one->round_trips);
   cJSON_AddNumberToObject(object, "connections", one->connections);
   cJSON_AddNumberToObject(object, "lookups", one->lookups);
}

static const char *
kind_name(enum timeline_kind kind)
{
   switch (kind) {
   case TIMELINE_PHASE:
      return "phase";
   case TIMELINE_INIT:
      return "init";
   case TIMELINE_INVOCATION:
      return "invocation";
   case TIMELINE_FREEZE:
      return "freeze";
   case TIMELINE_HEARTBEAT:
      return "heartbeat";
   case TIMELINE_COMMAND:
      return "command";
   case TIMELINE_CONNECTION:
      return "connection";
   case TIMELINE_SERVER:
      return "server";
   case TIMELINE_FAULT:
      return "fault";
   }
   return "unknown";
}

static void
add_entry(cJSON *object, const struct timeline_entry *entry, int64_t origin_us)
{
   cJSON_AddStringToObject(object, "kind", kind_name(entry->kind));
   if (entry->instance < 0) {
      cJSON_AddNullToObject(object, "instance");
   } else {
      cJSON_AddNumberToObject(object, "instance", entry->instance);
   }
   add_lane(object, entry->kind == TIMELINE_INVOCATION ? entry->lane : -1);
   cJSON_AddBoolToObject(object, "bad", entry->bad);
   add_axis_us(object, "startMs", entry->start_us - origin_us);
   if (entry->end_us < 0) {
      cJSON_AddNullToObject(object, "endMs");
   } else {
      add_axis_us(object, "endMs", entry->end_us - origin_us);
   }
   add_text(object, "label", entry->label);
   add_text_or_null(object, "detail", entry->detail);
}

static void
add_timeline(cJSON *root, struct timeline *timeline)
{
   cJSON *array = cJSON_AddArrayToObject(root, "timeline");
   size_t count = 0;
   struct timeline_entry *entries = timeline == NULL ? NULL : timeline_copy(timeline, 0, &count);
   for (size_t i = 0; i < count; i++) {
      add_entry(add_element(array), &entries[i], timeline_origin_us(timeline));
   }
   free(entries);
}

static void
add_head(cJSON *root, const struct drill_results *results)
{
   cJSON_AddNumberToObject(root, "resultsVersion", 1);
   add_verdict(root, results->verdict);
   add_text(root, "drillVersion", results->version);
   add_wall(root, "startedAt", results->started_wall_ms);
   add_ms(root, "durationMs", results->duration_ms);
   add_text(root, "package", results->package);
   add_text_or_null(root, "driver", results->driver);
   add_text_or_null(root, "client", results->client);
   add_text(root, "isolation", results->isolation);
   add_text(root, "platform", results->platform);
   cJSON_AddNumberToObject(root, "concurrency", results->concurrency > 0 ? results->concurrency : 1);
   cJSON_AddBoolToObject(root, "emulated", results->emulated);
   add_text(root, "deployment", results->deployment);
   add_parsed(root, "handshake", results->handshake);
}

static void
add_checks(cJSON *root, const struct drill_results *results)
{
   cJSON *array = cJSON_AddArrayToObject(root, "checks");
   for (size_t i = 0; i < results->check_count; i++) {
      cJSON *object = add_element(array);
      add_text(object, "name", results->checks[i].name);
      add_text_or_null(object, "source", results->checks[i].source);
      add_verdict(object, results->checks[i].verdict);
      add_text(object, "detail", results->checks[i].detail);
      add_ms(object, "measured", results->checks[i].measured);
   }
}

/* null without a file. */
static void
add_expectations(cJSON *root, const struct drill_results *results)
{
   if (results->expect_file[0] == '\0') {
      cJSON_AddNullToObject(root, "expectations");
      return;
   }
   cJSON *whole = cJSON_AddObjectToObject(root, "expectations");
   add_text(whole, "file", results->expect_file);
   cJSON *array = cJSON_AddArrayToObject(whole, "lines");
   for (size_t i = 0; i < results->expectation_count; i++) {
      const struct drill_expectation *line = &results->expectations[i];
      cJSON *object = add_element(array);
      cJSON_AddNumberToObject(object, "line", line->line);
      cJSON_AddStringToObject(object, "how", line->always ? "always" : "sometimes");
      add_text(object, "name", line->name);
      add_text_or_null(object, "until", line->until);
      add_text_or_null(object, "needs", line->needs);
      add_text_or_null(object, "says", line->says);
      add_text(object, "why", line->why);
      cJSON_AddStringToObject(object, "outcome", drill_expected_name(line->outcome));
   }
}

cJSON *
results_to_json(const struct drill_results *results, struct timeline *timeline)
{
   cJSON *root = cJSON_CreateObject();
   add_head(root, results);
   cJSON *array = cJSON_AddArrayToObject(root, "phases");
   for (size_t i = 0; i < results->phase_count; i++) {
      add_phase(add_element(array), &results->phases[i]);
   }
   array = cJSON_AddArrayToObject(root, "invocations");
   for (size_t i = 0; i < results->invocation_count; i++) {
      add_invocation(add_element(array), &results->invocations[i]);
   }
   add_checks(root, results);
   add_expectations(root, results);
   array = cJSON_AddArrayToObject(root, "samples");
   for (size_t i = 0; i < results->sample_count; i++) {
      add_sample(add_element(array), &results->samples[i]);
   }
   array = cJSON_AddArrayToObject(root, "coldStarts");
   for (size_t i = 0; i < results->cold_start_count; i++) {
      add_cold_start(add_element(array), &results->cold_starts[i]);
   }
   add_timeline(root, timeline);
   return root;
}
