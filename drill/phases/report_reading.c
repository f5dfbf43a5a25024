#include "report_reading.h"

#include "append.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Finds a nested member by its path, "heartbeats.awaited". Returns NULL if there is none. */
static const cJSON *
find(const cJSON *object, const char *path)
{
   char name[48];
   while (object != NULL) {
      size_t length = strcspn(path, ".");
      write_text(TEXT_OUT(name), "%.*s", (int)length, path);
      object = cJSON_GetObjectItemCaseSensitive(object, name);
      if (path[length] == '\0') {
         return object;
      }
      path += length + 1;
   }
   return NULL;
}

static unsigned
count_at(const cJSON *object, const char *path)
{
   const cJSON *item = find(object, path);
   return cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= 4e9 ? (unsigned)item->valuedouble : 0;
}

static double
ms_at(const cJSON *object, const char *path)
{
   const cJSON *item = find(object, path);
   return cJSON_IsNumber(item) && isfinite(item->valuedouble) ? item->valuedouble : -1;
}

static const char *
text_at(const cJSON *object, const char *path)
{
   const cJSON *item = find(object, path);
   return cJSON_IsString(item) ? item->valuestring : "";
}

static void
read_counts(struct drill_invocation *invocation, const cJSON *report)
{
   invocation->has_report = true;
   invocation->insert_ok = cJSON_IsTrue(find(report, "operations.insert.ok"));
   invocation->delete_ok = cJSON_IsTrue(find(report, "operations.delete.ok"));
   invocation->heartbeats = count_at(report, "heartbeats.started");
   invocation->heartbeats_failed = count_at(report, "heartbeats.failed");
   invocation->heartbeats_awaited = count_at(report, "heartbeats.awaited");
   invocation->shortest_heartbeat_interval_ms = ms_at(report, "heartbeats.shortestIntervalMs");
   invocation->has_handshake = cJSON_IsObject(find(report, "handshake"));
   write_text(TEXT_OUT(invocation->env_name), "%s", text_at(report, "handshake.env.name"));
   invocation->commands = count_at(report, "commands.started");
   invocation->commands_failed = count_at(report, "commands.failed");
   invocation->commands_retried = count_at(report, "commands.retried");
   invocation->application_connections = count_at(report, "connections.application.open");
   invocation->monitoring_connections = count_at(report, "connections.monitoring.open");
   invocation->connections_created =
      count_at(report, "connections.application.created") + count_at(report, "connections.monitoring.created");
}

/* Describes an event that has ended, with its duration. */
static bool
describe_event(const cJSON *event, struct timeline_entry *entry)
{
   const char *type = text_at(event, "type");
   bool failed = strstr(type, "Failed") != NULL;
   const char *server = text_at(event, "server");
   if (strcmp(type, "heartbeatSucceeded") == 0 || strcmp(type, "heartbeatFailed") == 0) {
      entry->kind = TIMELINE_HEARTBEAT;
      write_text(TEXT_OUT(entry->label), "%s", server);
      write_text(TEXT_OUT(entry->detail),
                 "%s%s",
                 failed ? "failed" : "succeeded",
                 cJSON_IsTrue(find(event, "awaited")) ? ", awaited" : "");
      entry->bad = failed || cJSON_IsTrue(find(event, "awaited"));
   } else if (strcmp(type, "commandSucceeded") == 0 || strcmp(type, "commandFailed") == 0) {
      entry->kind = TIMELINE_COMMAND;
      write_text(TEXT_OUT(entry->label), "%s", text_at(event, "command"));
      write_text(TEXT_OUT(entry->detail), "%s %s", server, failed ? "failed" : "succeeded");
      entry->bad = failed;
   } else if (strncmp(type, "connection", 10) == 0) {
      entry->kind = TIMELINE_CONNECTION;
      write_text(TEXT_OUT(entry->label), "%s", text_at(event, "kind"));
      write_text(TEXT_OUT(entry->detail), "%s", type + 10);
   } else {
      return false;
   }
   return true;
}

static void
read_events(const cJSON *report, const struct invocation_result *result, struct timeline *timeline)
{
   int64_t origin_us = result->handed_us != 0 ? result->handed_us : result->start_us;
   const cJSON *event;
   cJSON_ArrayForEach(event, find(report, "events"))
   {
      struct timeline_entry entry = {.instance = result->instance};
      double at_ms = ms_at(event, "atMs"), length_ms = ms_at(event, "durationMs");
      if (cJSON_IsNumber(find(event, "atMs")) && fabs(at_ms) < 1e9 && describe_event(event, &entry)) {
         entry.end_us = origin_us + llround(at_ms * 1000);
         entry.start_us = entry.end_us - (length_ms > 0 && length_ms < 1e9 ? llround(length_ms * 1000) : 0);
         timeline_add(timeline, &entry);
      }
   }
}

/* The first report names driver and client. */
static void
read_parties(struct drill_results *results, const cJSON *report)
{
   if (results->driver[0] == '\0') {
      write_text(TEXT_OUT(results->driver), "%s %s", text_at(report, "driver.name"), text_at(report, "driver.version"));
   }
   if (results->client[0] == '\0') {
      write_text(TEXT_OUT(results->client), "%s", text_at(report, "client.mode"));
   }
}

/* Copies the first line of an error's message into reason, and returns what follows it. */
static const char *
read_message(struct drill_invocation *invocation, const char *message)
{
   size_t length = strcspn(message, "\n");
   write_text(TEXT_OUT(invocation->reason), "%.*s", (int)(length < 500 ? length : 500), message);
   return message[length] == '\0' ? NULL : message + length + 1;
}

/* For an answer whose report failed. */
static void
read_reason(struct drill_invocation *invocation, const cJSON *report)
{
   const char *message = text_at(report, "error.message");
   if (message[0] != '\0') {
      write_text(TEXT_OUT(invocation->reason), "%s", message);
   } else {
      write_text(TEXT_OUT(invocation->reason), "its report's verdict is \"%.40s\"", text_at(report, "verdict"));
   }
}

/* drill.json shows the beginning of any answer. */
static void
keep_answer(struct drill_invocation *invocation, const struct invocation_result *result, const cJSON *answer)
{
   const cJSON *status = find(answer, "statusCode");
   if (result->outcome == INVOCATION_ANSWERED && cJSON_IsNumber(status) && fabs(status->valuedouble) < 1e6) {
      invocation->status_code = (int)status->valuedouble;
   }
   write_text(TEXT_OUT(invocation->answer),
              "%.*s",
              (int)(result->payload_length < sizeof invocation->answer ? result->payload_length
                                                                       : sizeof invocation->answer - 1),
              result->payload == NULL ? "" : result->payload);
}

void
report_read(struct drill_invocation *invocation,
            const struct invocation_result *result,
            struct drill_results *results,
            struct timeline *timeline,
            bool events)
{
   cJSON *answer = cJSON_ParseWithLength(result->payload, result->payload_length);
   cJSON *inner = NULL;
   const cJSON *report = answer;
   if (result->outcome != INVOCATION_ANSWERED) {
      const char *rest = read_message(invocation, text_at(answer, "errorMessage"));
      report = inner = rest == NULL ? NULL : cJSON_Parse(rest);
   }
   if (cJSON_IsNumber(find(report, "reportVersion"))) {
      read_counts(invocation, report);
      if (events) {
         read_events(report, result, timeline);
      }
      read_parties(results, report);
      if (result->outcome == INVOCATION_ANSWERED && strcmp(text_at(report, "verdict"), "pass") != 0) {
         read_reason(invocation, report);
      }
      /* OpenWhisk takes any member called error for a failure, so a good report has no such member there. */
      if (report == answer && find(report, "error") == NULL) {
         cJSON_AddNullToObject(answer, "error");
      }
      invocation->report = cJSON_PrintUnformatted(report);
   } else {
      keep_answer(invocation, result, answer);
   }
   cJSON_Delete(inner);
   cJSON_Delete(answer);
}
