#include "report.h"

#include "error.h"
#include "report_events.h"
#include "report_json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <time.h>

static void
add_error(struct json_writer *writer, cJSON *root, const struct report_facts *facts)
{
   if (facts->error_type == NULL) {
      json_add_null(writer, root, "error");
      return;
   }
   cJSON *error = json_add_object(writer, root, "error");
   json_add_text(writer, error, "type", facts->error_type);
   json_add_text(writer, error, "message", facts->error_message);
}

static void
add_started_at(struct json_writer *writer, cJSON *invocation, int64_t unix_us)
{
   time_t seconds = (time_t)(unix_us / 1000000);
   struct tm utc;
   char text[40];
   (void)gmtime_r(&seconds, &utc);
   size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
   (void)snprintf(text + length, sizeof text - length, ".%03dZ", (int)(unix_us % 1000000 / 1000));
   json_add_text(writer, invocation, "startedAt", text);
}

static void
add_invocation(struct json_writer *writer, cJSON *root, const struct report_facts *facts)
{
   cJSON *invocation = json_add_object(writer, root, "invocation");
   json_add_number(writer, invocation, "number", facts->invocation);
   json_add_text(writer, invocation, "id", facts->invocation_id);
   json_add_bool(writer, invocation, "cold", facts->invocation == 1);
   add_started_at(writer, invocation, facts->started_unix_us);
   json_add_ms(writer, invocation, "durationMs", facts->duration_us);
   json_add_ms_or_null(writer, invocation, "sinceLastMs", facts->since_last_us);
   json_add_ms_or_null(writer, invocation, "deadlineMs", facts->limit_us);
}

static void
add_operation(struct json_writer *writer, cJSON *operations, const char *name, const struct operation *operation)
{
   cJSON *object = json_add_object(writer, operations, name);
   json_add_bool(writer, object, "ok", operation->ok);
   json_add_bool(writer, object, "tried", operation->tried);
   if (operation->acknowledged == OPERATION_NOT_ACKNOWLEDGED) {
      json_add_null(writer, object, "acknowledged");
   } else {
      json_add_number(writer, object, "acknowledged", (double)operation->acknowledged);
   }
   json_add_ms_or_null(writer, object, "durationMs", operation->ended ? operation->duration_us : -1);
   if (operation->error[0] != '\0') {
      json_add_text(writer, object, "error", operation->error);
   } else if (operation->tried && !operation->ended) {
      json_add_text(writer, object, "error", "no answer before the deadline");
   } else {
      json_add_null(writer, object, "error");
   }
}

static void
add_operations(struct json_writer *writer, cJSON *root, const struct report_facts *facts)
{
   cJSON *operations = json_add_object(writer, root, "operations");
   add_operation(writer, operations, "insert", &facts->result->insert);
   add_operation(writer, operations, "delete", &facts->result->delete);
}

static void
add_heartbeats(struct json_writer *writer, cJSON *root, const struct capture_snapshot *snapshot)
{
   const struct capture_heartbeats *counts = &snapshot->heartbeats;
   cJSON *heartbeats = json_add_object(writer, root, "heartbeats");
   json_add_number(writer, heartbeats, "started", (double)counts->started);
   json_add_number(writer, heartbeats, "succeeded", (double)counts->succeeded);
   json_add_number(writer, heartbeats, "failed", (double)counts->failed);
   json_add_number(writer, heartbeats, "cancelled", (double)counts->cancelled);
   json_add_number(writer, heartbeats, "awaited", (double)counts->awaited);
   json_add_ms_or_null(writer, heartbeats, "shortestIntervalMs", counts->shortest_interval_us);
   report_add_durations(writer, heartbeats, &snapshot->heartbeat_events);
}

static void
add_commands(struct json_writer *writer, cJSON *root, const struct capture_snapshot *snapshot)
{
   const struct capture_commands *counts = &snapshot->commands;
   cJSON *commands = json_add_object(writer, root, "commands");
   json_add_number(writer, commands, "started", (double)counts->started);
   json_add_number(writer, commands, "succeeded", (double)counts->succeeded);
   json_add_number(writer, commands, "failed", (double)counts->failed);
   json_add_number(writer, commands, "retried", (double)counts->retried);
   report_add_durations(writer, commands, &snapshot->command_events);
}

static void
add_connection_counts(struct json_writer *writer,
                      cJSON *parent,
                      const char *name,
                      const struct capture_connections *counts)
{
   cJSON *object = json_add_object(writer, parent, name);
   json_add_number(writer, object, "created", (double)counts->created);
   json_add_number(writer, object, "closed", (double)counts->closed);
   json_add_number(writer, object, "open", (double)counts->open);
}

static void
add_connections(struct json_writer *writer, cJSON *root, const struct report_facts *facts)
{
   cJSON *connections = json_add_object(writer, root, "connections");
   add_connection_counts(writer, connections, "application", &facts->snapshot->application);
   add_connection_counts(writer, connections, "monitoring", &facts->snapshot->monitoring);
   json_add_number(writer, connections, "descriptors", (double)facts->connections.descriptors);
   json_add_text_or_null(writer, connections, "lastFailure", facts->connect_failure);
}

static void
add_servers(struct json_writer *writer, cJSON *root, const struct capture_snapshot *snapshot)
{
   cJSON *servers = json_add_array(writer, root, "servers");
   for (size_t i = 0; i < snapshot->server_count; i++) {
      cJSON *server = json_append_object(writer, servers);
      json_add_text(writer, server, "address", snapshot->servers[i].address);
      json_add_text_or_null(writer, server, "role", snapshot->servers[i].role);
      json_add_text_or_null(writer, server, "error", snapshot->servers[i].error);
   }
}

static void
add_who(struct json_writer *writer, cJSON *root, const struct report_facts *facts)
{
   cJSON *driver = json_add_object(writer, root, "driver");
   json_add_text(writer, driver, "name", "libmongoc");
   json_add_text(writer, driver, "version", facts->driver_version);
   cJSON *harness = json_add_object(writer, root, "harness");
   json_add_text(writer, harness, "version", facts->harness_version);
   cJSON *provider = json_add_object(writer, root, "provider");
   json_add_text(writer, provider, "name", facts->provider_name);
   json_add_text(writer, provider, "version", facts->provider_version);
   cJSON *client = json_add_object(writer, root, "client");
   json_add_text(writer, client, "mode", facts->client_mode);
   json_add_text(writer, client, "uri", facts->client_uri);
   if (facts->handshake_json == NULL) {
      json_add_null(writer, root, "handshake");
   } else {
      json_add_parsed(writer, root, "handshake", facts->handshake_json);
   }
}

static void
add_assertions(struct json_writer *writer, cJSON *root, const struct assertion *assertions)
{
   cJSON *array = json_add_array(writer, root, "assertions");
   for (size_t i = 0; i < ASSERTION_COUNT; i++) {
      cJSON *object = json_append_object(writer, array);
      json_add_text(writer, object, "name", assertions[i].name);
      json_add_text(writer, object, "verdict", assertion_verdict_name(assertions[i].verdict));
      json_add_text(writer, object, "detail", assertions[i].detail);
   }
}

static int64_t
average_us(int64_t sum_us, uint64_t count)
{
   return count == 0 ? 0 : sum_us / (int64_t)count;
}

static void
add_all(struct json_writer *writer, cJSON *root, const struct report_facts *facts)
{
   const struct capture_heartbeats *heartbeats = &facts->snapshot->heartbeats;
   const struct capture_commands *commands = &facts->snapshot->commands;
   json_add_number(writer, root, "reportVersion", REPORT_VERSION);
   json_add_text(writer, root, "verdict", facts->error_type == NULL ? "pass" : "fail");
   json_add_ms(writer, root, "averageCommandDuration", average_us(commands->duration_sum_us, commands->duration_count));
   json_add_ms(
      writer, root, "averageHeartbeatDuration", average_us(heartbeats->duration_sum_us, heartbeats->duration_count));
   json_add_number(writer, root, "openConnections", (double)facts->snapshot->application.open);
   json_add_number(writer, root, "heartbeatCount", (double)(heartbeats->succeeded + heartbeats->failed));
   add_error(writer, root, facts);
   json_add_text(writer, root, "scenario", "mongodb");
   add_invocation(writer, root, facts);
   add_operations(writer, root, facts);
   add_heartbeats(writer, root, facts->snapshot);
   add_commands(writer, root, facts->snapshot);
   add_connections(writer, root, facts);
   add_servers(writer, root, facts->snapshot);
   add_who(writer, root, facts);
   add_assertions(writer, root, facts->assertions);
   if (facts->with_events) {
      report_add_events(writer, root, facts->snapshot, facts->started_us);
   }
}

char *
report_make(const struct report_facts *facts, const struct redactor *redactor, struct faas_error *error)
{
   struct json_writer writer = {.redactor = redactor};
   char *text = NULL;
   cJSON *root = cJSON_CreateObject();
   if (root != NULL) {
      add_all(&writer, root, facts);
   }
   if (root != NULL && !writer.failed) {
      text = cJSON_PrintUnformatted(root);
   }
   if (text == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", "expected memory for the report, found none");
   }
   cJSON_Delete(root);
   return text;
}

void
report_free(char *report)
{
   cJSON_free(report);
}
