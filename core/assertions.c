#include "assertions.h"

#include "heartbeats.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LEFT_OUT_TEXT_MAX 160

static void decide(struct assertion *assertion, enum assertion_verdict verdict, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

static void
decide(struct assertion *assertion, enum assertion_verdict verdict, const char *format, ...)
{
   assertion->verdict = verdict;
   va_list arguments;
   va_start(arguments, format);
   (void)vsnprintf(assertion->detail, sizeof assertion->detail, format, arguments);
   va_end(arguments);
}

static void
judge_count(struct assertion *assertion, const struct operation *operation, const char *what)
{
   if (operation->error[0] != '\0') {
      decide(assertion, ASSERTION_FAILED, "no document %s: %.300s", what, operation->error);
   } else if (operation->acknowledged == OPERATION_NOT_ACKNOWLEDGED) {
      decide(assertion, ASSERTION_FAILED, "the reply does not say how many documents were %s", what);
   } else {
      decide(assertion,
             operation->ok ? ASSERTION_PASSED : ASSERTION_FAILED,
             operation->ok ? "%" PRId64 " document %s" : "%" PRId64 " documents %s, expected 1",
             operation->acknowledged,
             what);
   }
}

static void
judge_insert(struct assertion *assertion, const struct assertion_facts *facts)
{
   const struct operation *insert = &facts->result->insert;
   if (!insert->ended) {
      decide(assertion, ASSERTION_FAILED, "the insert was not answered before the deadline");
      return;
   }
   judge_count(assertion, insert, "inserted");
}

static void
judge_delete(struct assertion *assertion, const struct assertion_facts *facts)
{
   const struct operation *insert = &facts->result->insert;
   const struct operation *delete = &facts->result->delete;
   if (delete->tried && !delete->ended) {
      decide(assertion, ASSERTION_FAILED, "the delete was not answered before the deadline");
   } else if (!delete->tried && insert->ok) {
      decide(assertion, ASSERTION_FAILED, "no time was left for the delete");
   } else if (!delete->tried) {
      decide(assertion, ASSERTION_SKIPPED, "the insert failed, so there was nothing to delete");
   } else if (!insert->ok && delete->error[0] == '\0' && delete->acknowledged == 0) {
      decide(assertion, ASSERTION_SKIPPED, "the insert failed, and the delete found no document");
   } else {
      judge_count(assertion, delete, "deleted");
   }
}

static void
judge_streaming(struct assertion *assertion, const struct assertion_facts *facts)
{
   const struct capture_life *life = &facts->snapshot->life;
   decide(assertion,
          life->heartbeats_awaited == 0 ? ASSERTION_PASSED : ASSERTION_FAILED,
          "%" PRIu64 " of %" PRIu64 " heartbeats since the process began were awaited (streaming protocol)",
          life->heartbeats_awaited,
          life->heartbeats_started);
}

static void
judge_interval(struct assertion *assertion, const struct assertion_facts *facts)
{
   const struct capture_life *life = &facts->snapshot->life;
   if (life->heartbeats_too_close == 0) {
      decide(assertion,
             ASSERTION_PASSED,
             "polling heartbeats of each server at least %d ms apart",
             HEARTBEAT_MIN_INTERVAL_US / 1000);
      return;
   }
   decide(assertion,
          ASSERTION_FAILED,
          "%" PRIu64 " of %" PRIu64
          " heartbeats less than %d ms after the previous one of the same server, the closest %.3f ms (%.200s)",
          life->heartbeats_too_close,
          life->heartbeats_started,
          HEARTBEAT_MIN_INTERVAL_US / 1000,
          (double)life->closest_us / 1000,
          life->closest_server);
}

static void
judge_paired(struct assertion *assertion, const struct assertion_facts *facts)
{
   const struct capture_life *life = &facts->snapshot->life;
   uint64_t in_progress = facts->snapshot->commands_in_progress;
   if (life->unpaired > 0) {
      decide(assertion,
             ASSERTION_FAILED,
             "%" PRIu64 " events have no matching start or end, the first: %s",
             life->unpaired,
             life->first_unpaired);
   } else if (in_progress > 0 && !facts->cut_short) {
      decide(assertion, ASSERTION_FAILED, "%" PRIu64 " command(s) started but never ended", in_progress);
   } else {
      decide(assertion, ASSERTION_PASSED, "every started event ended exactly once");
   }
}

static void
judge_connections(struct assertion *assertion, const struct assertion_facts *facts)
{
   const struct connections_count *count = &facts->connections;
   decide(assertion,
          count->open == count->descriptors ? ASSERTION_PASSED : ASSERTION_FAILED,
          "%" PRIu64 " connections created and not closed, %" PRIu64 " descriptors open",
          count->open,
          count->descriptors);
}

/* client.env has the right name, and that decides the verdict. The detail also says what else was left out of the
 * document, or is in the wrong place. */
static void
judge_whole_env(struct assertion *assertion, const struct assertion_facts *facts)
{
   const struct handshake_size *size = &facts->handshake_size;
   const char *name = facts->expected_env;
   char left_out[LEFT_OUT_TEXT_MAX];
   char missing[LEFT_OUT_TEXT_MAX];
   handshake_left_out_text(size, left_out, sizeof left_out);
   handshake_missing_text(size, missing, sizeof missing);
   decide(assertion,
          ASSERTION_PASSED,
          "client.env.name is %s%s%s%s%s%s",
          name[0] == '\0' ? "absent, because the environment names no platform" : name,
          left_out[0] == '\0' ? "" : "; left out to keep the client document within 512 bytes: ",
          left_out,
          missing[0] == '\0' ? "" : "; the driver leaves out fields that would fit: ",
          missing,
          size->container_outside_env ? "; the driver sends client.container, which belongs in client.env" : "");
}

/* MongoDB Handshake, "Limitations": the driver must leave client.env out if the document would exceed 512 bytes with
 * it. */
static void
judge_missing_env(struct assertion *assertion, const struct handshake_size *size, const char *name)
{
   char left_out[LEFT_OUT_TEXT_MAX];
   char by[32] = "";
   handshake_left_out_text(size, left_out, sizeof left_out);
   if (left_out[0] == '\0') {
      decide(assertion,
             ASSERTION_FAILED,
             "client.env is missing: the environment names %s, and there was room for it (the client document has %zu "
             "bytes, would have %zu with client.env.name, and may have %d)",
             name,
             size->bytes,
             size->bytes_needed,
             HANDSHAKE_BYTES_MAX);
      return;
   }
   if (size->exact) {
      (void)snprintf(by, sizeof by, " by %zu bytes", size->bytes_needed - HANDSHAKE_BYTES_MAX);
   }
   decide(assertion,
          ASSERTION_PASSED,
          "left out to keep the client document within %d bytes, as MongoDB's handshake specification requires: %s. "
          "With client.env.name %s it would have %s%zu bytes; shorten %splatform%s to make room",
          HANDSHAKE_BYTES_MAX,
          left_out,
          name,
          size->exact ? "" : "at least ",
          size->bytes_needed,
          size->has_application ? "appName or " : "",
          by);
}

static void
judge_handshake(struct assertion *assertion, const struct assertion_facts *facts)
{
   if (!facts->driver_sends_env) {
      decide(assertion, ASSERTION_SKIPPED, "this driver cannot send client.env: libmongoc 1.25 introduced it");
      return;
   }
   if (!facts->handshake_seen) {
      decide(assertion, ASSERTION_SKIPPED, "no unencrypted hello was seen (TLS, or no connection)");
      return;
   }
   if (strcmp(facts->handshake_env, facts->expected_env) == 0) {
      judge_whole_env(assertion, facts);
   } else if (facts->handshake_size.env_missing) {
      judge_missing_env(assertion, &facts->handshake_size, facts->expected_env);
   } else {
      decide(assertion,
             ASSERTION_FAILED,
             "client.env.name is %s, but the environment names %s",
             facts->handshake_env[0] == '\0' ? "absent" : facts->handshake_env,
             facts->expected_env[0] == '\0' ? "no platform" : facts->expected_env);
   }
}

void
assertions_judge(struct assertion assertions[ASSERTION_COUNT], const struct assertion_facts *facts)
{
   static const struct {
      const char *name;
      const char *error_type;
      void (*judge)(struct assertion *, const struct assertion_facts *);
   } all[ASSERTION_COUNT] = {
      {"insert_acknowledged", "Assertion.InsertAcknowledged", judge_insert},
      {"delete_removed_one", "Assertion.DeleteRemovedOne", judge_delete},
      {"streaming_disabled", "Assertion.StreamingProtocol", judge_streaming},
      {"heartbeat_interval", "Assertion.HeartbeatInterval", judge_interval},
      {"events_paired", "Assertion.EventsPaired", judge_paired},
      {"connections_accounted", "Assertion.ConnectionsAccounted", judge_connections},
      {"handshake_env", "Assertion.HandshakeEnv", judge_handshake},
   };
   for (size_t i = 0; i < ASSERTION_COUNT; i++) {
      assertions[i].name = all[i].name;
      assertions[i].error_type = all[i].error_type;
      all[i].judge(&assertions[i], facts);
   }
}

const struct assertion *
assertions_first_failed(const struct assertion assertions[ASSERTION_COUNT])
{
   for (size_t i = 0; i < ASSERTION_COUNT; i++) {
      if (assertions[i].verdict == ASSERTION_FAILED) {
         return &assertions[i];
      }
   }
   return NULL;
}

const char *
assertion_verdict_name(enum assertion_verdict value)
{
   return value == ASSERTION_PASSED ? "passed" : value == ASSERTION_FAILED ? "failed" : "skipped";
}
