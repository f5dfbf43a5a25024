/*
 * results: what a drill found, as plain data. The phases fill it in; table, JSON, JUnit and page are made from it and
 * the timeline, and from nothing else. It owns everything in it.
 */
#pragma once

#include "timeline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum drill_verdict {
   DRILL_PASS,
   DRILL_FAIL,
   DRILL_SKIPPED, /* reason says why */
   DRILL_WARNING, /* for a check: departs from a specification without losing anything; the drill stays green */
   DRILL_KNOWN,   /* failed as a line of --expect says; the drill stays green */
};

#define DRILL_VERDICTS 5

/* "pass", "fail", "skipped", "warning", "known" */
const char *drill_verdict_name(enum drill_verdict verdict);

/* One invocation. Durations are milliseconds; below 0 if unknown. */
struct drill_invocation {
   size_t phase; /* index into phases */
   int instance;
   int lane;      /* which of the invocations open at once in the instance; -1: refused or not handed out */
   char name[64]; /* "cold", "frozen", "socketTimeoutMS=5000" */
   enum drill_verdict verdict;
   char reason[512];     /* why it failed */
   char outcome[24];     /* invocation_outcome_name */
   char error_type[128]; /* empty when answered */
   char request_id[40];
   bool cold;
   double at_ms; /* on the timeline's axis */
   double init_ms;
   double duration_ms;
   double frozen_ms;
   double frozen_cpu_ms;
   double thaw_to_answer_ms;
   char *violations; /* broken rules of the Runtime API, whatever the outcome, one per line; NULL: none */
   unsigned max_memory_mb;
   bool excused;                /* the phase expects its failure, and shows which setting helps */
   bool alone;                  /* no other function talked to the database meanwhile */
   int status_code;             /* from an answer {"statusCode": N}; 0: none */
   unsigned server_connections; /* open at the server after it, if it was alone; else 0 */
   /* From the report; has_report is false if none could be read. */
   bool has_report;
   bool insert_ok;
   bool delete_ok;
   unsigned heartbeats;
   unsigned heartbeats_failed;
   unsigned heartbeats_awaited;
   double shortest_heartbeat_interval_ms;
   bool has_handshake; /* has the client document of its first hello */
   char env_name[32];  /* from that document; empty: it has none */
   unsigned commands;
   unsigned commands_failed;
   unsigned commands_retried;
   unsigned application_connections; /* open */
   unsigned monitoring_connections;  /* open */
   unsigned connections_created;     /* both kinds, in this window */
   char *report;                     /* JSON text; NULL: none */
   char answer[512];                 /* what it answered, if that is not a report; may be cut */
};

struct drill_phase {
   char name[24];  /* "cold", "warm", "frozen", "outage", "failover", "dropped", "restore" */
   char title[96]; /* "Primary lost while the function is frozen" */
   unsigned round; /* from 1, with --repeat */
   enum drill_verdict verdict;
   char reason[512]; /* why it failed or was skipped */
   double start_ms;
   double end_ms;
   double frozen_ms;     /* of its function */
   double frozen_cpu_ms; /* CPU used meanwhile */
   double recover_ms;    /* from the thaw, or the loss of the primary, to the good answer */
   char driver_did[256]; /* "1 heartbeat failed, insert retried on 127.0.0.1:40002" */
   char advice[512];     /* one or two sentences for people; may be empty */
};

/* One check over the whole drill: the judge's (drill/judge/judge.c), "record_matches", "connections_steady",
 * "no_cpu_while_frozen", "protocol_kept". */
struct drill_check {
   char name[32];
   char source[128]; /* specification and section; empty: a rule of the drill's own */
   enum drill_verdict verdict;
   char detail[512];
   double measured; /* the number behind the verdict, depending on the check; below 0: none */
};

/* The outcome of a line of --expect. Over several rounds, the outcome listed last here wins. */
enum drill_expected {
   DRILL_EXPECTED_UNJUDGED, /* the phase or check did not run, or was skipped */
   DRILL_EXPECTED_PASSED,   /* a failure that only comes sometimes did not come */
   DRILL_EXPECTED_KNOWN,    /* it failed as expected */
   DRILL_EXPECTED_OTHER,    /* it failed, but with another text than the line says */
   DRILL_EXPECTED_STALE,    /* always expected, but did not fail: the drill is red */
};

#define DRILL_EXPECTED_OUTCOMES 5

/* "not judged", "passed", "known", "other", "stale" */
const char *drill_expected_name(enum drill_expected outcome);

/* A known failure of the driver: a line of the --expect file. */
struct drill_expectation {
   unsigned line;
   bool always;    /* else sometimes */
   char name[32];  /* of a phase or a check */
   char until[12]; /* the line's last day, 2027-03-01; empty: none */
   char needs[64]; /* phases that must run for the failure to show, "outage,failover"; empty: none */
   char says[64];  /* a word of the failure's text; empty: any failure */
   char why[256];  /* a ticket and a few words */
   enum drill_expected outcome;
   bool warns; /* for a stale line: the check warns rather than passes */
};

/* One moment of a burst of cold starts (--instances). */
struct drill_sample {
   double at_ms;
   unsigned connections; /* open at the server */
   double server_mb;     /* resident memory of the server; below 0 if unknown */
   unsigned running;     /* instances with an open invocation */
};

/* The parts of a cold start, in order. */
enum cold_start_part {
   COLD_START_PROCESS,        /* from the start of the process to its first query or connection */
   COLD_START_DNS,            /* until the first connection, plus name lookups after that */
   COLD_START_DISCOVERY,      /* until the command's connection is made, if that is not the first one */
   COLD_START_TCP,            /* as the front simulates it: one round trip */
   COLD_START_TLS,            /* until the hello came */
   COLD_START_HELLO,          /* until authentication begins, or the command comes */
   COLD_START_AUTHENTICATION, /* until the command came; its first message may have come with the hello */
   COLD_START_OPERATION,      /* until the answer to the command */
   COLD_START_REST,           /* until the function had answered */
   COLD_START_PARTS
};

struct cold_start_names {
   const char *name; /* "first operation" */
   const char *key;  /* in JSON: "operationMs" */
};

extern const struct cold_start_names cold_start_names[COLD_START_PARTS];

/* The quickest cold start with one setting. Durations are milliseconds. */
struct drill_cold_start {
   size_t phase;
   char setting[64]; /* "as given", "minPoolSize=1" */
   bool tried;       /* false: reason says why not, and the rest is meaningless */
   char reason[256]; /* also why a cold start failed; empty if none did */
   unsigned times;   /* how many cold starts were taken apart */
   double round_trip_ms;
   double ms[COLD_START_PARTS];
   double total_ms;
   unsigned round_trips; /* that follow one another */
   unsigned connections; /* made until the function answered */
   unsigned lookups;     /* names looked up until then */
};

struct drill_results {
   char version[32]; /* of faas-drill */
   int64_t started_wall_ms;
   double duration_ms;
   char package[256];          /* path as given */
   char driver[64];            /* "libmongoc 2.5.7", from the reports; empty if unknown */
   char client[16];            /* "pool", "single" */
   char isolation[16];         /* "full", "own-user", "none": how the function was separated from the machine */
   const char *platform;       /* "lambda" */
   const char *platform_title; /* "AWS Lambda" */
   const char *idle;           /* what the platform does to an idle process: "frozen", "throttled", "running" */
   unsigned concurrency;       /* invocations that a process may have at once */
   bool emulated;              /* the front emulates failovers */
   char deployment[256];       /* "emulated: 3 members in front of one server", or the user's URI without credentials */
   enum drill_verdict verdict;
   struct drill_phase *phases;
   size_t phase_count;
   struct drill_invocation *invocations;
   size_t invocation_count;
   struct drill_check *checks;
   size_t check_count;
   char expect_file[256]; /* path from --expect, as given; empty: none */
   struct drill_expectation *expectations;
   size_t expectation_count;
   struct drill_sample *samples;
   size_t sample_count;
   struct drill_cold_start *cold_starts; /* from phase coldstart; those of one phase together, the one as given first */
   size_t cold_start_count;
   char *handshake; /* client document of a hello as the server saw it, JSON; NULL if unknown */
};

/* Each appends a zeroed element (durations -1) and returns it, valid until the next is appended. Returns NULL when out
 * of memory. */
struct drill_phase *results_add_phase(struct drill_results *results);
struct drill_invocation *results_add_invocation(struct drill_results *results);
struct drill_check *results_add_check(struct drill_results *results);
struct drill_sample *results_add_sample(struct drill_results *results);
struct drill_cold_start *results_add_cold_start(struct drill_results *results);
struct drill_expectation *results_add_expectation(struct drill_results *results);

/* The line for a phase or a check of that name; NULL if there is none. */
struct drill_expectation *results_expectation(const struct drill_results *results, const char *name);

void results_init(struct drill_results *results);
void results_clear(struct drill_results *results);
