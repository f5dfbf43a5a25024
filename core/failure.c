#include "failure.h"

#include "error.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

#define SERVERS_TEXT_MAX 400

static const char *
where_it_stood(const struct failure_facts *facts)
{
   const struct scenario_result *result = facts->result;
   if (!result->insert.tried) {
      return "before the insert";
   }
   /* A cancelled insert counts as ended, with an error. */
   return !result->insert.ended || !result->delete.tried ? "during the insert" : "during the delete";
}

static size_t
append_server(char *text, size_t used, size_t size, const struct capture_server *server)
{
   const char *state = server->role[0] != '\0'    ? server->role
                       : server->error[0] != '\0' ? server->error
                                                  : "has not answered";
   int wrote = snprintf(text + used, size - used, "%s%s: %.120s", used == 0 ? "" : ", ", server->address, state);
   return wrote < 0 || (size_t)wrote >= size - used ? size - 1 : used + (size_t)wrote;
}

static bool
is_of_set(const struct capture_server *server, const char *replica_set)
{
   const char *of = strstr(server->role, " of ");
   return of != NULL && strcmp(of + 4, replica_set) == 0;
}

/* A driver drops the members of another set from its topology without naming them. */
static bool
another_set_answers(const struct failure_facts *facts)
{
   const struct capture_snapshot *snapshot = facts->snapshot;
   bool answered = false;
   for (size_t i = 0; i < snapshot->server_count; i++) {
      if (is_of_set(&snapshot->servers[i], facts->replica_set)) {
         return false;
      }
      answered = answered || snapshot->servers[i].role[0] != '\0';
   }
   return answered && facts->replica_set[0] != '\0';
}

/* Describes what the driver knew when it found no server to send to; its own message seldom says. */
static void
describe_servers(const struct failure_facts *facts, char *text, size_t size)
{
   const struct capture_snapshot *snapshot = facts->snapshot;
   size_t used = 0;
   text[0] = '\0';
   for (size_t i = 0; i < snapshot->server_count; i++) {
      used = append_server(text, used, size, &snapshot->servers[i]);
   }
   if (another_set_answers(facts)) {
      utf8_append(text, size, "; the URI asks for replicaSet=");
      utf8_append(text, size, facts->replica_set);
   }
   if (facts->connect_failure[0] != '\0') {
      utf8_append(text, size, text[0] == '\0' ? "newest connect " : "; newest connect ");
      utf8_append(text, size, facts->connect_failure);
   }
}

static void
operation_failed(const struct failure_facts *facts,
                 const char *type,
                 const char *name,
                 const struct operation *operation,
                 struct faas_error *failure)
{
   char servers[SERVERS_TEXT_MAX] = "";
   if (!operation->sent) {
      describe_servers(facts, servers, sizeof servers);
   }
   faas_error_set(failure,
                  type,
                  "the %s failed: %s%s%s",
                  name,
                  operation->tried ? operation->error : "the driver provided no client",
                  servers[0] == '\0' ? "" : "; servers: ",
                  servers);
}

static void
deadline_exceeded(const struct failure_facts *facts, struct faas_error *failure)
{
   const struct scenario_result *result = facts->result;
   const char *error = result->delete.error[0] != '\0' ? result->delete.error : result->insert.error;
   char servers[SERVERS_TEXT_MAX] = "";
   if (result->insert.tried && !result->insert.sent) {
      describe_servers(facts, servers, sizeof servers);
   }
   faas_error_set(failure,
                  "Harness.DeadlineExceeded",
                  "the deadline of %.3f ms expired %s%s%s%.400s%s%s",
                  (double)facts->limit_us / 1000,
                  where_it_stood(facts),
                  facts->still_blocked ? ", and the driver is still blocked there" : "",
                  error[0] == '\0' ? "" : ": ",
                  error,
                  servers[0] == '\0' ? "" : "; servers: ",
                  servers);
}

void
failure_find(const struct failure_facts *facts, struct faas_error *failure)
{
   const struct scenario_result *result = facts->result;
   const struct assertion *failed = assertions_first_failed(facts->assertions);
   if (facts->cut_short) {
      deadline_exceeded(facts, failure);
   } else if (result->insert.error[0] != '\0' || !result->insert.tried) {
      operation_failed(facts, "Scenario.InsertFailed", "insert", &result->insert, failure);
   } else if (result->delete.error[0] != '\0') {
      operation_failed(facts, "Scenario.DeleteFailed", "delete", &result->delete, failure);
   } else if (failed != NULL) {
      faas_error_set(failure, failed->error_type, "%s: %s", failed->name, failed->detail);
   }
}
