/*
 * function: how a function is configured, and what became of an invocation, whatever the platform.
 */
#ifndef FAAS_DRILL_FUNCTION_H
#define FAAS_DRILL_FUNCTION_H

#include "error.h"
#include "guard.h"
#include "managed_runtime.h"
#include "timeline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct platform;

/* A function's configuration; all that it points to belongs to the caller and outlives the environments. */
struct function_config {
   const struct platform *platform;       /* NULL: Lambda */
   const char *task_root;                 /* absolute folder of the package */
   const struct managed_runtime *runtime; /* NULL: the package has a bootstrap */
   const char *command;                   /* for /bin/sh, to start it with; NULL: the bootstrap */
   const char *request;                   /* of a platform that sends HTTP: "GET /items"; NULL: its own */
   const char *function_name;             /* NULL: "function" */
   const char *handler;                   /* NULL: "mongodb" */
   const char *const *variables;          /* "NAME=VALUE", NULL at the end, added to the platform's; may be NULL */
   const char *const *mounts; /* absolute paths of this machine to show to it, read-only; NULL at the end, or NULL */
   const char *resolver;      /* text of its /etc/resolv.conf; NULL: this machine's */
   unsigned timeout_ms;       /* of an invocation; 0: 30,000 */
   unsigned init_timeout_ms;  /* of an init phase of its own; 0: 10,000, as Lambda has it */
   unsigned settle_ms;        /* how long a process goes on after its first answer before it is suspended; 0: not */
   unsigned memory_mb;        /* 0: 128. Resident memory of all its processes beyond it kills the function */
   unsigned concurrency;      /* how many events it may have at once. On Lambda more than one is a managed instance,
                               * which is never suspended, ends no process for its time limit, and refuses what no
                               * worker waits for; 0: 1 */
   bool keep_running;         /* do not suspend between invocations */
   bool emulator_manners;     /* no START, END and REPORT lines */
   FILE *log;                 /* those lines and all that the function writes; NULL: nowhere */
   struct timeline *timeline; /* may be NULL */
   struct guard *guard;       /* may be NULL */
};

enum invocation_outcome {
   INVOCATION_ANSWERED,
   INVOCATION_FUNCTION_ERROR, /* it answered with an error */
   INVOCATION_TIMED_OUT,      /* on most platforms it is killed then */
   INVOCATION_CRASHED,        /* it ended during the invocation */
   INVOCATION_OUT_OF_MEMORY,  /* killed */
   INVOCATION_INIT_FAILED,    /* it ended, or ran out of time, before it could take an event */
   INVOCATION_REFUSED,        /* no worker of a managed instance waits for an event */
};

struct invocation_result {
   enum invocation_outcome outcome;
   char request_id[40];
   int instance;
   int lane;             /* which of those that may be open at once, from 0; -1: it was not handed out */
   bool cold;            /* the first of its process */
   char error_type[128]; /* empty when answered; the function's own, or the platform's */
   char *payload;        /* what the invoker gets, NUL behind it; NULL never when the call returned 0 */
   size_t payload_length;
   int64_t start_us;       /* of clock_now_us(): event handed out, or before that an init within the invocation begun */
   int64_t handed_us;      /* event handed out; 0: it was not */
   int64_t end_us;         /* answer taken */
   int64_t thawed_us;      /* when SIGCONT was sent; 0 when it was not suspended */
   double init_ms;         /* from exec until it takes events; 0 when not cold */
   bool init_within;       /* that init was within the invocation, and counted against its time */
   double frozen_ms;       /* how long it had been suspended before this event */
   double frozen_cpu_ms;   /* CPU all its threads used meanwhile: 0; up to 0.1 ms of stopping is none */
   unsigned max_memory_mb; /* most resident memory of the process, so far */
   char *log_tail;         /* last 4 KiB of its log, with the platform's lines; NULL when there is nothing */
   char *violations; /* what broke the platform's rules since the last result, one a line; NULL when nothing did */
};

void invocation_result_clear(struct invocation_result *result);

/* "answered", "function error", "timed out", … */
const char *invocation_outcome_name(enum invocation_outcome outcome);

/* What an invoker may add to an event; line ends in it become spaces. */
struct invoker_context {
   const char *client_context;   /* JSON; NULL or empty: none */
   const char *cognito_identity; /* JSON; NULL or empty: none */
   const char *trace_id;         /* of X-Ray; NULL or empty: one is made */
};

/* The invocation on the timeline, from its handed_us on: what _begin returns goes to _end. failed: result is not
 * filled, as the host could not go on. timeline may be NULL. */
size_t invocation_show_begin(struct timeline *timeline, const struct invocation_result *result);
void invocation_show_end(struct timeline *timeline, size_t entry, const struct invocation_result *result, bool failed);

/* Sets the type and the payload {"errorType": TYPE, "errorMessage": MESSAGE} of result. False when out of memory. */
bool invocation_result_fail(struct invocation_result *result, const char *type, const char *message);

/* Sets error. Returns -1. */
int invocation_out_of_memory(struct drill_error *error);
int invocation_interrupted(struct drill_error *error);

#endif
