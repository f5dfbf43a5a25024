#include "report.h"

#include "error.h"
#include "report_events.h"
#include "report_json.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void
add_error(struct json_writer *writer, const struct report_facts *facts)
{
   if (facts->error_type == NULL) {
      json_add_null(writer, "error");
      return;
   }
   json_begin_object(writer, "error");
   json_add_text(writer, "type", facts->error_type);
   json_add_text(writer, "message", facts->error_message);
   json_end_object(writer);
}

static void
add_started_at(struct json_writer *writer, int64_t unix_us)
{
   time_t seconds = (time_t)(unix_us / 1000000);
   struct tm utc;
   char text[40];
   (void)gmtime_r(&seconds, &utc);
   size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
   (void)snprintf(text + length, sizeof text - length, ".%03dZ", (int)(unix_us % 1000000 / 1000));
   json_add_literal(writer, "startedAt", text);
}

static void
add_invocation(struct json_writer *writer, const struct report_facts *facts)
{
   json_begin_object(writer, "invocation");
   json_add_number(writer, "number", facts->invocation);
   json_add_text(writer, "id", facts->invocation_id);
   json_add_bool(writer, "cold", facts->invocation == 1);
   add_started_at(writer, facts->started_unix_us);
   json_add_ms(writer, "durationMs", facts->duration_us);
   json_add_ms_or_null(writer, "sinceLastMs", facts->since_last_us);
   json_add_ms_or_null(writer, "deadlineMs", facts->limit_us);
   json_add_bool(writer, "restored", facts->init_age_us >= 0);
   json_add_ms_or_null(writer, "initAgeMs", facts->init_age_us);
   json_end_object(writer);
}

static void
add_operation(struct json_writer *writer, const char *name, const struct operation *operation)
{
   json_begin_object(writer, name);
   json_add_bool(writer, "ok", operation->ok);
   json_add_bool(writer, "tried", operation->tried);
   if (operation->acknowledged == OPERATION_NOT_ACKNOWLEDGED) {
      json_add_null(writer, "acknowledged");
   } else {
      json_add_integer(writer, "acknowledged", operation->acknowledged);
   }
   json_add_ms_or_null(writer, "durationMs", operation->ended ? operation->duration_us : -1);
   if (operation->error[0] != '\0') {
      json_add_text(writer, "error", operation->error);
   } else if (operation->tried && !operation->ended) {
      json_add_literal(writer, "error", "no answer before the deadline");
   } else {
      json_add_null(writer, "error");
   }
   json_end_object(writer);
}

static void
add_operations(struct json_writer *writer, const struct report_facts *facts)
{
   json_begin_object(writer, "operations");
   add_operation(writer, "insert", &facts->result->insert);
   add_operation(writer, "delete", &facts->result->delete);
   json_end_object(writer);
}

static void
add_heartbeats(struct json_writer *writer, const struct capture_snapshot *snapshot)
{
   const struct capture_heartbeats *counts = &snapshot->heartbeats;
   json_begin_object(writer, "heartbeats");
   json_add_number(writer, "started", counts->started);
   json_add_number(writer, "succeeded", counts->succeeded);
   json_add_number(writer, "failed", counts->failed);
   json_add_number(writer, "cancelled", counts->cancelled);
   json_add_number(writer, "awaited", counts->awaited);
   json_add_ms_or_null(writer, "shortestIntervalMs", counts->shortest_interval_us);
   report_add_durations(writer, &snapshot->heartbeat_events);
   json_end_object(writer);
}

static void
add_commands(struct json_writer *writer, const struct capture_snapshot *snapshot)
{
   const struct capture_commands *counts = &snapshot->commands;
   json_begin_object(writer, "commands");
   json_add_number(writer, "started", counts->started);
   json_add_number(writer, "succeeded", counts->succeeded);
   json_add_number(writer, "failed", counts->failed);
   json_add_number(writer, "retried", counts->retried);
   report_add_durations(writer, &snapshot->command_events);
   json_end_object(writer);
}

static void
add_connection_counts(struct json_writer *writer, const char *name, const struct capture_connections *counts)
{
   json_begin_object(writer, name);
   json_add_number(writer, "created", counts->created);
   json_add_number(writer, "closed", counts->closed);
   json_add_number(writer, "open", counts->open);
   json_end_object(writer);
}

static void
add_connections(struct json_writer *writer, const struct report_facts *facts)
{
   json_begin_object(writer, "connections");
   add_connection_counts(writer, "application", &facts->snapshot->application);
   add_connection_counts(writer, "monitoring", &facts->snapshot->monitoring);
   json_add_number(writer, "descriptors", facts->connections.descriptors);
   json_add_text_or_null(writer, "lastFailure", facts->connect_failure);
   json_end_object(writer);
}

static void
add_servers(struct json_writer *writer, const struct capture_snapshot *snapshot)
{
   json_begin_array(writer, "servers");
   for (size_t i = 0; i < snapshot->server_count; i++) {
      json_begin_object(writer, NULL);
      json_add_text(writer, "address", snapshot->servers[i].address);
      json_add_text_or_null(writer, "role", snapshot->servers[i].role);
      json_add_text_or_null(writer, "error", snapshot->servers[i].error);
      json_end_object(writer);
   }
   json_end_array(writer);
}

static void
add_handshake_size(struct json_writer *writer, const struct handshake_size *size)
{
   json_begin_object(writer, "handshakeSize");
   json_add_number(writer, "bytes", size->bytes);
   json_add_number(writer, "maxBytes", HANDSHAKE_BYTES_MAX);
   if (size->bytes_needed == 0) {
      json_add_null(writer, "bytesNeeded");
   } else {
      json_add_number(writer, "bytesNeeded", size->bytes_needed);
   }
   json_add_bool(writer, "exact", size->exact);
   json_begin_array(writer, "leftOut");
   for (size_t i = 0; i < LEFT_OUT_COUNT; i++) {
      if (size->left_out[i]) {
         json_add_literal(writer, NULL, handshake_left_out_name((enum handshake_left_out)i));
      }
   }
   json_end_array(writer);
   json_end_object(writer);
}

static void
add_handshake(struct json_writer *writer, const struct report_facts *facts)
{
   if (facts->handshake_json == NULL) {
      json_add_null(writer, "handshake");
      json_add_null(writer, "handshakeSize");
      return;
   }
   json_add_clean(writer, "handshake", facts->handshake_json);
   add_handshake_size(writer, &facts->handshake_size);
}

static void
add_who(struct json_writer *writer, const struct report_facts *facts)
{
   json_begin_object(writer, "driver");
   json_add_literal(writer, "name", "libmongoc");
   json_add_text(writer, "version", facts->driver_version);
   json_end_object(writer);
   json_begin_object(writer, "harness");
   json_add_text(writer, "version", facts->harness_version);
   json_end_object(writer);
   json_begin_object(writer, "provider");
   json_add_text(writer, "name", facts->provider_name);
   json_add_text(writer, "version", facts->provider_version);
   json_end_object(writer);
   json_begin_object(writer, "client");
   json_add_text(writer, "mode", facts->client_mode);
   json_add_text(writer, "uri", facts->client_uri);
   json_end_object(writer);
}

static void
add_assertions(struct json_writer *writer, const struct report_facts *facts)
{
   json_begin_array(writer, "assertions");
   for (size_t i = 0; i < ASSERTION_COUNT; i++) {
      const struct assertion *assertion = &facts->assertions[i];
      json_begin_object(writer, NULL);
      json_add_literal(writer, "name", assertion->name);
      json_add_literal(writer, "verdict", assertion_verdict_name(assertion->verdict));
      json_add_text(writer, "detail", assertion->detail);
      json_end_object(writer);
   }
   json_end_array(writer);
}

static int64_t
average_us(int64_t sum_us, uint64_t count)
{
   return count == 0 ? 0 : sum_us / (int64_t)count;
}

static void
add_all(struct json_writer *writer, const struct report_facts *facts)
{
   const struct capture_heartbeats *heartbeats = &facts->snapshot->heartbeats;
   const struct capture_commands *commands = &facts->snapshot->commands;
   json_add_number(writer, "reportVersion", REPORT_VERSION);
   json_add_literal(writer, "verdict", facts->error_type == NULL ? "pass" : "fail");
   json_add_ms(writer, "averageCommandDuration", average_us(commands->duration_sum_us, commands->duration_count));
   json_add_ms(writer, "averageHeartbeatDuration", average_us(heartbeats->duration_sum_us, heartbeats->duration_count));
   json_add_number(writer, "openConnections", facts->snapshot->application.open);
   json_add_number(writer, "heartbeatCount", heartbeats->succeeded + heartbeats->failed);
   add_error(writer, facts);
   json_add_literal(writer, "scenario", "mongodb");
   add_invocation(writer, facts);
   add_operations(writer, facts);
   add_heartbeats(writer, facts->snapshot);
   add_commands(writer, facts->snapshot);
   add_connections(writer, facts);
   add_servers(writer, facts->snapshot);
   add_who(writer, facts);
   add_handshake(writer, facts);
   add_assertions(writer, facts);
   if (facts->with_events) {
      report_add_events(writer, facts->snapshot, facts->started_us);
   }
}

char *
report_make(const struct report_facts *facts, const struct redactor *redactor, struct faas_error *error)
{
   struct json_writer writer = {.redactor = redactor};
   json_begin_object(&writer, NULL);
   add_all(&writer, facts);
   json_end_object(&writer);
   char *text = json_take(&writer);
   if (text == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", "out of memory for the report");
   }
   return text;
}
