#include "apm.h"

#include "lane.h"

#include <stdio.h>
#include <string.h>

/* A single-threaded client sends heartbeats on the thread that uses it; a pool sends them on threads of the driver,
 * which have no lane. */
static int
monitor_of_thread(void)
{
   const struct lane *lane = lane_current();
   return lane == NULL ? CAPTURE_MONITOR_OF_PROCESS : (int)lane->number;
}

static void
on_heartbeat_started(const mongoc_apm_server_heartbeat_started_t *event)
{
   struct apm *apm = mongoc_apm_server_heartbeat_started_get_context(event);
   capture_heartbeat_started(apm->capture,
                             monitor_of_thread(),
                             mongoc_apm_server_heartbeat_started_get_host(event)->host_and_port,
                             mongoc_apm_server_heartbeat_started_get_awaited(event));
}

static bool
is_true(const bson_t *hello, const char *name)
{
   bson_iter_t iter;
   return bson_iter_init_find(&iter, hello, name) && bson_iter_as_bool(&iter);
}

static const char *
text_of(const bson_t *hello, const char *name)
{
   bson_iter_t iter;
   bool found = bson_iter_init_find(&iter, hello, name) && BSON_ITER_HOLDS_UTF8(&iter);
   return found ? bson_iter_utf8(&iter, NULL) : NULL;
}

/* Derives the server's type in the order that Server Discovery and Monitoring, "type", gives. */
static void
describe_role(const bson_t *hello, char *role, size_t size)
{
   const char *set = text_of(hello, "setName");
   const char *message = text_of(hello, "msg");
   if (message != NULL && strcmp(message, "isdbgrid") == 0) {
      (void)snprintf(role, size, "mongos");
   } else if (set != NULL) {
      bool primary = is_true(hello, "isWritablePrimary") || is_true(hello, "ismaster");
      const char *member = primary                         ? "primary"
                           : is_true(hello, "secondary")   ? "secondary"
                           : is_true(hello, "arbiterOnly") ? "arbiter"
                                                           : "member";
      (void)snprintf(role, size, "%s of %.64s", member, set);
   } else {
      (void)snprintf(role, size, is_true(hello, "isreplicaset") ? "member without a set" : "standalone");
   }
}

static void
on_heartbeat_succeeded(const mongoc_apm_server_heartbeat_succeeded_t *event)
{
   struct apm *apm = mongoc_apm_server_heartbeat_succeeded_get_context(event);
   char role[CAPTURE_ROLE_MAX];
   describe_role(mongoc_apm_server_heartbeat_succeeded_get_reply(event), role, sizeof role);
   capture_heartbeat_succeeded(apm->capture,
                               monitor_of_thread(),
                               mongoc_apm_server_heartbeat_succeeded_get_host(event)->host_and_port,
                               mongoc_apm_server_heartbeat_succeeded_get_awaited(event),
                               role);
}

static void
on_heartbeat_failed(const mongoc_apm_server_heartbeat_failed_t *event)
{
   struct apm *apm = mongoc_apm_server_heartbeat_failed_get_context(event);
   bson_error_t error = {0};
   mongoc_apm_server_heartbeat_failed_get_error(event, &error);
   redactor_apply(apm->redactor, error.message);
   capture_heartbeat_failed(apm->capture,
                            monitor_of_thread(),
                            mongoc_apm_server_heartbeat_failed_get_host(event)->host_and_port,
                            mongoc_apm_server_heartbeat_failed_get_awaited(event),
                            error.message);
}

static bool
is_write(const char *command)
{
   return strcmp(command, "insert") == 0 || strcmp(command, "delete") == 0;
}

/* The driver reports a command on the thread that runs it, so the command belongs to that thread's lane. */
static void
on_command_started(const mongoc_apm_command_started_t *event)
{
   struct apm *apm = mongoc_apm_command_started_get_context(event);
   struct capture_command command = {.lane = lane_current_number(),
                                     .name = mongoc_apm_command_started_get_command_name(event),
                                     .server = mongoc_apm_command_started_get_host(event)->host_and_port,
                                     .request_id = mongoc_apm_command_started_get_request_id(event),
                                     .operation_id = mongoc_apm_command_started_get_operation_id(event)};
   if (is_write(command.name) && lane_current() != NULL) {
      lane_current()->write_sent = true;
   }
   capture_command_started(apm->capture, &command);
}

/* Returns the number of documents, or -1 if the reply has no exact one. A server may send n as any numeric type; text
 * does not count. */
static int64_t
acknowledged_in(const bson_t *reply)
{
   bson_iter_t iter;
   if (!bson_iter_init_find(&iter, reply, "n")) {
      return -1;
   }
   if (BSON_ITER_HOLDS_DOUBLE(&iter)) {
      double n = bson_iter_double(&iter);
      return n >= 0 && n < 1e15 && n == (double)(int64_t)n ? (int64_t)n : -1;
   }
   return BSON_ITER_HOLDS_INT(&iter) ? bson_iter_as_int64(&iter) : -1;
}

static void
on_command_succeeded(const mongoc_apm_command_succeeded_t *event)
{
   struct apm *apm = mongoc_apm_command_succeeded_get_context(event);
   struct capture_command command = {.lane = lane_current_number(),
                                     .name = mongoc_apm_command_succeeded_get_command_name(event),
                                     .server = mongoc_apm_command_succeeded_get_host(event)->host_and_port,
                                     .request_id = mongoc_apm_command_succeeded_get_request_id(event),
                                     .operation_id = mongoc_apm_command_succeeded_get_operation_id(event)};
   if (is_write(command.name) && lane_current() != NULL) {
      lane_current()->acknowledged = acknowledged_in(mongoc_apm_command_succeeded_get_reply(event));
   }
   capture_command_ended(apm->capture, &command, NULL, false);
}

static void
on_command_failed(const mongoc_apm_command_failed_t *event)
{
   struct apm *apm = mongoc_apm_command_failed_get_context(event);
   struct capture_command command = {.lane = lane_current_number(),
                                     .name = mongoc_apm_command_failed_get_command_name(event),
                                     .server = mongoc_apm_command_failed_get_host(event)->host_and_port,
                                     .request_id = mongoc_apm_command_failed_get_request_id(event),
                                     .operation_id = mongoc_apm_command_failed_get_operation_id(event)};
   bson_error_t error = {0};
   mongoc_apm_command_failed_get_error(event, &error);
   redactor_apply(apm->redactor, error.message);
   capture_command_ended(apm->capture, &command, error.message, error.domain == MONGOC_ERROR_STREAM);
}

mongoc_apm_callbacks_t *
apm_callbacks_new(void)
{
   mongoc_apm_callbacks_t *callbacks = mongoc_apm_callbacks_new();
   if (callbacks != NULL) {
      mongoc_apm_set_server_heartbeat_started_cb(callbacks, on_heartbeat_started);
      mongoc_apm_set_server_heartbeat_succeeded_cb(callbacks, on_heartbeat_succeeded);
      mongoc_apm_set_server_heartbeat_failed_cb(callbacks, on_heartbeat_failed);
      mongoc_apm_set_command_started_cb(callbacks, on_command_started);
      mongoc_apm_set_command_succeeded_cb(callbacks, on_command_succeeded);
      mongoc_apm_set_command_failed_cb(callbacks, on_command_failed);
   }
   return callbacks;
}
