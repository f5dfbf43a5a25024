/*
 * function: how a function is configured, and the result of an invocation, on any platform.
 */
#pragma once

#include "error.h"
#include "guard.h"
#include "managed_runtime.h"
#include "timeline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct platform;

/* A function's configuration. The caller owns everything it points to, which must outlive the environments. */
struct function_config {
   const struct platform *platform;       /* NULL: Lambda */
   const char *task_root;                 /* the package's folder, absolute */
   const struct managed_runtime *runtime; /* NULL: the package has a bootstrap */
   const char *command;                   /* shell command that starts it; NULL: the bootstrap */
   const char *request;                   /* for a platform that sends HTTP: "GET /items"; NULL: the platform's own */
   const char *function_name;             /* NULL: "function" */
   const char *handler;                   /* NULL: "mongodb" */
   const char *const *variables;          /* "NAME=VALUE", ends with NULL, added to the platform's; may be NULL */
   const char *const *mounts; /* absolute paths of this machine to show to it, read-only; ends with NULL; may be NULL */
   const char *resolver;      /* text of its /etc/resolv.conf; NULL: this machine's */
   unsigned timeout_ms;       /* of an invocation; 0: 30,000 */
   unsigned init_timeout_ms;  /* of a separate init phase; 0: 10,000, as on Lambda */
   unsigned settle_ms;        /* how long a process runs on after its first answer; 0: it is suspended at once */
   unsigned memory_mb;        /* 0: 128. If all its processes together exceed it, the function is killed */
   unsigned concurrency;      /* How many events a process may handle at once; 0: 1. On Lambda more than one means a
                               * managed instance, which is never suspended, does not end a process that times out, and
                               * refuses an event if no worker waits. */
   bool keep_running;         /* do not suspend between invocations */
   FILE *log;                 /* for the platform's lines and all that the function writes; NULL: discarded */
   struct timeline *timeline; /* may be NULL */
   struct guard *guard;       /* may be NULL */
};

enum invocation_outcome {
   INVOCATION_ANSWERED,
   INVOCATION_FUNCTION_ERROR, /* the function answered with an error */
   INVOCATION_TIMED_OUT,      /* most platforms kill the function then */
   INVOCATION_CRASHED,        /* the process ended during the invocation */
   INVOCATION_OUT_OF_MEMORY,  /* the function was killed */
   INVOCATION_INIT_FAILED,    /* the process ended, or ran out of time, before it could take an event */
   INVOCATION_REFUSED,        /* no worker of a managed instance waited for an event */
};

struct invocation_result {
   enum invocation_outcome outcome;
   char request_id[40];
   int instance;
   int lane;             /* which of the invocations that may be open at once, from 0; -1: not handed out */
   bool cold;            /* the first of its process */
   char error_type[128]; /* empty when answered; else the function's own, or the platform's */
   char *payload;        /* what the invoker gets, NUL-terminated; never NULL when the call returned 0 */
   size_t payload_length;
   int64_t start_us;       /* from clock_now_us(): event handed out, or the start of an init within the invocation */
   int64_t handed_us;      /* when the event was handed out; 0: it was not */
   int64_t end_us;         /* when the answer was taken */
   int64_t thawed_us;      /* when SIGCONT was sent; 0: was not suspended */
   double init_ms;         /* from exec until it takes events; 0 when not cold */
   bool init_within;       /* that init ran within the invocation and used its time */
   double frozen_ms;       /* how long it was suspended before this event */
   double frozen_cpu_ms;   /* CPU that its threads used meanwhile: should be 0; up to 1 ms of stopping counts as 0 */
   unsigned max_memory_mb; /* highest resident memory of its processes so far */
   char *log_tail;         /* last 4 KiB of its log, with the platform's lines; NULL if nothing was written */
   char *violations;       /* broken platform rules since the last result, one per line; NULL if none */
};

void invocation_result_clear(struct invocation_result *result);

/* "answered", "function error", "timed out", ... */
const char *invocation_outcome_name(enum invocation_outcome outcome);

/* An event, and what its invoker may add to it, in which line ends become spaces. */
struct invoker_event {
   const char *text; /* JSON */
   size_t length;
   const char *client_context;   /* JSON; NULL or empty: none */
   const char *cognito_identity; /* JSON; NULL or empty: none */
   const char *trace_id;         /* for X-Ray; NULL or empty: one is made */
};

/* Show the invocation on the timeline, from its handed_us on; pass what _begin returns to _end. failed: the host could
 * not go on, so result is not filled in. timeline may be NULL. */
size_t invocation_show_begin(struct timeline *timeline, const struct invocation_result *result);
void invocation_show_end(struct timeline *timeline, size_t entry, const struct invocation_result *result, bool failed);

/* Returns {"NAME": "TEXT", "OTHER": "MORE"}; free() it. Returns NULL when out of memory. */
char *json_of_two(const char *name, const char *text, const char *other, const char *more);

/* Sets result's error type and the payload {"errorType": TYPE, "errorMessage": MESSAGE}. Returns false when out of
 * memory. */
bool invocation_result_fail(struct invocation_result *result, const char *type, const char *message);

/* Both set error and return -1. */
int invocation_out_of_memory(struct drill_error *error);
int invocation_interrupted(struct drill_error *error);
