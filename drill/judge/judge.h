/*
 * judge: the rules by which a drill judges what it witnessed. Each rule has a file, and all are in the table of
 * judge.c. No rule does I/O or asks who saw a fact. A rule without evidence says so and is skipped.
 */
#pragma once

#include "witness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A warning is a departure from a specification that costs something but loses nothing. */
enum judge_verdict { JUDGE_PASS, JUDGE_FAIL, JUDGE_WARNING, JUDGE_SKIPPED };

/* A report of faas-harness on the time since the end of the previous invocation. */
struct judge_report {
   unsigned commands; /* started */
   unsigned commands_failed;
   unsigned heartbeats_failed;
   unsigned heartbeats_awaited;
   bool has_handshake;
   char env_name[32]; /* of its handshake; "": it has none */
};

/* One invocation, as its platform saw it; or several concurrent ones of one process, because the wire does not
 * distinguish them: its traffic is compared with all their reports. Times are those of clock_now_us(). */
struct judge_invocation {
   const char *name; /* "failover" */
   int64_t start_us; /* event handed out */
   int64_t end_us;
   /* The process ran from runs_from_us until runs_until_us, and had been suspended since suspended_us; if that is
    * runs_from_us, it had not. */
   int64_t runs_from_us;
   int64_t runs_until_us;
   int64_t suspended_us;
   int instance; /* of the execution environment */
   bool cold;    /* the first of its process */
   bool passed;
   bool excused;         /* its failure is not a finding: the phase reports which setting helps */
   bool alone;           /* no other function used the database meanwhile */
   int status_code;      /* of an answer {"statusCode": N}; 0: none */
   unsigned more;        /* how many others ran at the same time */
   unsigned more_failed; /* how many of all of them failed; one less, if passed is false */
   bool has_report;      /* every one of them has one */
   struct judge_report report;
};

/* Ids sent after a restore, compared with the memory of the snapshot. */
struct judge_restore {
   bool memory_known;
   unsigned ids;             /* ObjectIds of documents inserted */
   unsigned ids_shared;      /* of them, those whose five random bytes were in the snapshot */
   unsigned sessions;        /* session ids (lsid) */
   unsigned sessions_shared; /* of them, those that were in the snapshot */
   char example[40];         /* one that was shared, in hexadecimal */
};

struct judge_case {
   const struct witness_facts *facts;
   const struct judge_invocation *invocations; /* in order of time */
   size_t invocation_count;
   const struct witness_write *writes; /* in order of time */
   size_t write_count;
   bool writes_complete;
   const char *platform;                /* "AWS Lambda" */
   const char *client_env;              /* its client.env.name; "": none is defined */
   bool runs_on;                        /* the platform lets an idle process run */
   const char *region;                  /* from the functions' variables; "": unknown */
   int memory_mb;                       /* the same; -1: unknown */
   bool kubernetes;                     /* these variables include KUBERNETES_SERVICE_HOST */
   const char *other_platform;          /* the variable that makes a driver see a platform other than Lambda, or NULL */
   const char *uri_options;             /* those that the drill added to the URI; "" */
   int heartbeat_frequency_ms;          /* of the URI, else the default */
   double running_ms;                   /* how long functions ran, without freezes */
   const struct judge_restore *restore; /* NULL: nothing was restored */
};

struct finding {
   enum judge_verdict verdict;
   char detail[512]; /* the finding first, then its evidence */
   double measured;  /* the number it is based on; below 0: none */
   char advice[256]; /* "": none */
};

struct judge_rule {
   const char *name;
   const char *source; /* the specification and its section; "": one of the drill's own rules */
   void (*judge)(const struct judge_case *seen, struct finding *finding);
};

extern const struct judge_rule judge_rules[];
extern const size_t judge_rule_count;

/* False for a rule about something that this drill did not do: the rule is then left out, not skipped. */
bool judge_rule_applies(const struct judge_rule *rule, const struct judge_case *seen);

/* Merges concurrent invocations of a process into one. invocations are sorted by start, and stay sorted. Returns how
 * many are left. */
size_t judge_merge_overlapping(struct judge_invocation *invocations, size_t count);

/* --- for rules ---------------------------------------------------------------------------------------------------- */

void finding_set(struct finding *finding, enum judge_verdict verdict, const char *format, ...)
   __attribute__((format(printf, 3, 4)));
#define finding_pass(finding, ...) finding_set(finding, JUDGE_PASS, __VA_ARGS__)
#define finding_fail(finding, ...) finding_set(finding, JUDGE_FAIL, __VA_ARGS__)
#define finding_warn(finding, ...) finding_set(finding, JUDGE_WARNING, __VA_ARGS__)
#define finding_skip(finding, ...) finding_set(finding, JUDGE_SKIPPED, __VA_ARGS__)

void finding_advise(struct finding *finding, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The invocation during which it happened; NULL: it happened between invocations. */
const struct judge_invocation *judge_invocation_at(const struct judge_case *seen, int64_t at_us);

/* "s" unless count is 1. */
const char *plural(unsigned long count);

void rule_database_used(const struct judge_case *seen, struct finding *finding);
void rule_streaming_protocol(const struct judge_case *seen, struct finding *finding);
void rule_heartbeat_interval(const struct judge_case *seen, struct finding *finding);
void rule_rtt_connection(const struct judge_case *seen, struct finding *finding);
void rule_handshake(const struct judge_case *seen, struct finding *finding);
void rule_writes_once(const struct judge_case *seen, struct finding *finding);
void rule_retries(const struct judge_case *seen, struct finding *finding);
void rule_errors_told(const struct judge_case *seen, struct finding *finding);
void rule_unique_after_restore(const struct judge_case *seen, struct finding *finding);
void rule_report_agrees(const struct judge_case *seen, struct finding *finding);
