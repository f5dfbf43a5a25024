/*
 * report: turns the plain facts of one invocation into JSON, as docs/report.schema.json defines it.
 */
#ifndef FAAS_CORE_REPORT_H
#define FAAS_CORE_REPORT_H

#include "assertions.h"
#include "redact.h"

#define REPORT_VERSION 1

struct report_facts {
   const char *error_type; /* NULL: the invocation passed */
   const char *error_message;

   uint32_t invocation;
   const char *invocation_id;
   int64_t started_unix_us;
   int64_t started_us; /* monotonic; times of events are relative to this */
   int64_t duration_us;
   int64_t since_last_us; /* -1: this is the first invocation */
   int64_t init_age_us;   /* of a process restored from a snapshot; -1: it was not */
   int64_t limit_us;      /* time the invocation had; -1: no limit */

   const struct capture_snapshot *snapshot;
   const struct scenario_result *result;
   struct connections_count connections;
   const char *connect_failure;        /* empty: none */
   const struct assertion *assertions; /* ASSERTION_COUNT */

   const char *driver_version;
   const char *harness_version;
   const char *provider_name;
   const char *provider_version;
   const char *client_mode;
   const char *client_uri;
   const char *handshake_json; /* from json_clean_object; NULL: not seen */
   struct handshake_size handshake_size;
   bool with_events;
};

/* Returns the report as one line of JSON, to be freed by free; NULL with error when out of memory. Secrets are
 * removed from texts from outside, and bytes that are not UTF-8 are replaced. */
char *report_make(const struct report_facts *facts, const struct redactor *redactor, struct faas_error *error);

#endif
