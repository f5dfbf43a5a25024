/*
 * judge: rules over what a drill witnessed. One rule a file, all of them in the table of judge.c; none does I/O, and
 * none asks who saw a fact. A rule without evidence says so and is skipped.
 */
#ifndef FAAS_DRILL_JUDGE_H
#define FAAS_DRILL_JUDGE_H

#include "witness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A warning is a departure from a specification that costs something but loses nothing. */
enum judge_verdict { JUDGE_PASS, JUDGE_FAIL, JUDGE_WARNING, JUDGE_SKIPPED };

/* What a report of faas-harness says, of the time since the invocation before had ended. */
struct judge_report {
   unsigned commands; /* started */
   unsigned commands_failed;
   unsigned heartbeats_failed;
   unsigned heartbeats_awaited;
   bool has_handshake;
   char env_name[32]; /* of its handshake; "": it has none */
};

/* One invocation, as its platform saw it, or several that one process had at the same time: what the wire shows of them
 * can't be told apart, and is held against all that they report. Times are of clock_now_us(). */
struct judge_invocation {
   const char *name; /* "failover" */
   int64_t start_us; /* event handed out */
   int64_t end_us;
   /* How long its process ran on around it, and since when it had been suspended before; runs_from_us: it had not. */
   int64_t runs_from_us;
   int64_t runs_until_us;
   int64_t suspended_us;
   int instance; /* of the execution environment */
   bool cold;    /* the first of its process */
   bool passed;
   bool excused;         /* its failure is no finding: the phase tells what saves it */
   bool alone;           /* no other function talked to the database meanwhile */
   int status_code;      /* of an answer {"statusCode": N}; 0: none */
   unsigned more;        /* besides the one: so many others at the same time */
   unsigned more_failed; /* of all of them but for one, where it did not pass */
   bool has_report;      /* all have */
   struct judge_report report;
};

/* One insert or delete of one document, as the server applied it. */
struct judge_write {
   bool is_delete;
   bool retry;             /* an attempt that the server answered from its memory */
   int n;                  /* documents written; -1: the server did not say */
   const char *collection; /* "db.collection" */
   const char *id;         /* the same for the same _id; "": the filter has none */
};

/* What was sent after a restore, against the memory of the snapshot that it was restored from. */
struct judge_restore {
   bool memory_known;
   unsigned ids;             /* ObjectIds of documents inserted */
   unsigned ids_shared;      /* of them, those whose five random bytes were in the snapshot */
   unsigned sessions;        /* ids of sessions (lsid) */
   unsigned sessions_shared; /* of them, those that were in the snapshot */
   char example[40];         /* of what was shared: an id in hexadecimal */
};

struct judge_case {
   const struct witness_facts *facts;
   const struct judge_invocation *invocations; /* in order of time */
   size_t invocation_count;
   const struct judge_write *writes; /* in order of time */
   size_t write_count;
   bool writes_complete;
   const char *platform;       /* "AWS Lambda" */
   const char *client_env;     /* what a driver calls it (client.env.name); "": it has no name for it */
   bool runs_on;               /* the platform lets an idle process run */
   const char *region;         /* that the functions' variables name; "": none */
   int memory_mb;              /* the same; -1: none */
   bool kubernetes;            /* they have KUBERNETES_SERVICE_HOST */
   const char *other_platform; /* their variable by which a driver knows another platform than Lambda, or NULL */
   const char *uri_options;    /* that the drill added to the URI; "" */
   int heartbeat_frequency_ms; /* by the URI, else the default */
   double running_ms;          /* how long functions ran, freezes left out */
   const struct judge_restore *restore; /* NULL: nothing was restored */
};

struct finding {
   enum judge_verdict verdict;
   char detail[512]; /* the finding first, then what it stands on */
   double measured;  /* the number that it stands on; below 0: none */
   char advice[256]; /* "": none */
};

struct judge_rule {
   const char *name;
   const char *source; /* the specification and its section; "": a rule of the drill's own */
   void (*judge)(const struct judge_case *seen, struct finding *finding);
};

extern const struct judge_rule judge_rules[];
extern const size_t judge_rule_count;

/* False for a rule on what this drill did not do: it is left out, not skipped. */
bool judge_rule_applies(const struct judge_rule *rule, const struct judge_case *seen);

/* --- for rules -------------------------------------------------------------------------------------------------------
 */

void finding_set(struct finding *finding, enum judge_verdict verdict, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

/* The invocation during which it happened, or NULL: between two of them. */
const struct judge_invocation *judge_invocation_at(const struct judge_case *seen, int64_t at_us);

/* "s" unless count is 1. */
const char *plural(unsigned long count);

#endif
