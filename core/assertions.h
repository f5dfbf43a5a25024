/*
 * assertions: what an invocation must show, each under a name of its own. Plain data in, verdicts out.
 */
#ifndef FAAS_CORE_ASSERTIONS_H
#define FAAS_CORE_ASSERTIONS_H

#include "capture.h"
#include "connections.h"
#include "handshake_size.h"
#include "scenario.h"

enum assertion_verdict { ASSERTION_PASSED, ASSERTION_FAILED, ASSERTION_SKIPPED };

#define ASSERTION_COUNT 7
#define ASSERTION_DETAIL_MAX 512

struct assertion {
   const char *name;       /* "streaming_disabled" */
   const char *error_type; /* "Assertion.StreamingProtocol" */
   enum assertion_verdict verdict;
   char detail[ASSERTION_DETAIL_MAX]; /* expected and found; for skipped, why it cannot be judged */
};

struct assertion_facts {
   const struct capture_snapshot *snapshot;
   const struct scenario_result *result;
   struct connections_count connections;
   bool cut_short;        /* by the deadline */
   bool driver_sends_env; /* libmongoc 1.25 and later */
   bool handshake_seen;
   const char *handshake_env; /* "": none */
   const char *expected_env;  /* "": none */
   struct handshake_size handshake_size;
};

/* Judges all assertions, in the order of the report. */
void assertions_judge(struct assertion assertions[ASSERTION_COUNT], const struct assertion_facts *facts);

/* Returns the first assertion that failed, or NULL. */
const struct assertion *assertions_first_failed(const struct assertion assertions[ASSERTION_COUNT]);

const char *assertion_verdict_name(enum assertion_verdict verdict);

#endif
