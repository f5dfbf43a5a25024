/*
 * environment: one execution environment of AWS Lambda for one function: a Runtime API server on a port of its own, the
 * bootstrap and all that descend from it, suspended whenever there is no event, and Lambda's rules for time, memory,
 * init and crashes.
 *
 * Runtime API 2018-06-01 (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), custom runtimes on
 * provided.al2023 (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html), life cycle
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
 */
#ifndef FAAS_DRILL_ENVIRONMENT_H
#define FAAS_DRILL_ENVIRONMENT_H

#include "error.h"
#include "guard.h"
#include "managed_runtime.h"
#include "timeline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A function's configuration; all that it points to belongs to the caller and outlives the environments. */
struct function_config {
   const char *task_root;                 /* absolute folder of the package */
   const struct managed_runtime *runtime; /* NULL: the package has a bootstrap */
   const char *function_name;             /* NULL: "function" */
   const char *handler;                   /* NULL: "mongodb" */
   const char *const *variables;          /* "NAME=VALUE", NULL at the end, added to Lambda's own; may be NULL */
   const char *const *mounts; /* absolute paths of this machine to show to it, read-only; NULL at the end, or NULL */
   unsigned timeout_ms;       /* of an invocation; 0: 30,000 */
   unsigned init_timeout_ms;  /* of an init phase of its own; 0: 10,000, as Lambda has it */
   unsigned settle_ms;        /* how long a process goes on after its first answer before it is suspended; 0: not */
   unsigned memory_mb;        /* 0: 128. Resident memory of all its processes beyond it kills the function */
   unsigned concurrency;  /* how many events it may have at once, as a managed instance, which is never suspended, ends
                           * no process for its time limit, and refuses what no worker waits for; 0 or 1: none */
   bool keep_running;     /* do not suspend between invocations */
   bool emulator_manners; /* no START, END and REPORT lines */
   FILE *log;             /* those lines and all that the function writes; NULL: nowhere */
   struct timeline *timeline; /* may be NULL */
   struct guard *guard;       /* may be NULL */
};

enum invocation_outcome {
   INVOCATION_ANSWERED,       /* by /response */
   INVOCATION_FUNCTION_ERROR, /* by /error */
   INVOCATION_TIMED_OUT,      /* Sandbox.Timedout; the function was killed */
   INVOCATION_CRASHED,        /* Runtime.ExitError: it ended during the invocation */
   INVOCATION_OUT_OF_MEMORY,  /* Runtime.OutOfMemory: killed */
   INVOCATION_INIT_FAILED,    /* /init/error, or ended or ran out of the invocation's time before its first /next */
   INVOCATION_REFUSED,        /* Runtime.Unavailable: no worker of a managed instance waits for an event */
};

struct invocation_result {
   enum invocation_outcome outcome;
   char request_id[40];
   int instance;
   int lane;             /* which of those that may be open at once, from 0; -1: it was not handed out */
   bool cold;            /* the first of its process */
   char error_type[128]; /* empty when answered; the function's own, or Lambda's */
   char *payload;        /* what the invoker gets, NUL behind it; NULL never when the call returned 0 */
   size_t payload_length;
   int64_t start_us;       /* of clock_now_us(): event handed out, or before that an init within the invocation begun */
   int64_t handed_us;      /* event handed out; 0: it was not */
   int64_t end_us;         /* answer taken */
   int64_t thawed_us;      /* when SIGCONT was sent; 0 when it was not suspended */
   double init_ms;         /* exec to first /next; 0 when not cold */
   bool init_within;       /* that init was within the invocation, and counted against its time */
   double frozen_ms;       /* how long it had been suspended before this event */
   double frozen_cpu_ms;   /* CPU all its threads used meanwhile: 0; up to 0.1 ms of stopping is none */
   unsigned max_memory_mb; /* most resident memory of the process, so far */
   char *log_tail;         /* last 4 KiB of its log, with the platform's lines; NULL when there is nothing */
   char *violations; /* what broke the Runtime API's rules since the last result, one a line; NULL when nothing did */
};

void invocation_result_clear(struct invocation_result *result);

/* "answered", "function error", "timed out", … */
const char *invocation_outcome_name(enum invocation_outcome outcome);

struct environment;

/* No process is started before the first invoke. instance numbers it in timeline and log. NULL with error set when
 * there is no bootstrap, no port or no memory. */
struct environment *environment_new(const struct function_config *config, int instance, struct drill_error *error);

/* Ends the function: by SIGTERM first when it has an extension. Takes NULL. */
void environment_destroy(struct environment *environment);

/* For a managed instance: as below, but several calls at once, and no more than workers wait for an event.
 *
 * Hand out event, thawing the function or starting a new one (cold, or after a crash, init failure, time-out: with a
 * fresh process), wait for its answer, suspend it. Blocks; one call at a time for an environment, any thread. The event
 * is at most 6 MB. 0 with result filled (clear it), also when the function failed; -1 with error set when the host
 * itself could not go on, or environment_interrupt was called. */
int environment_invoke(struct environment *environment,
                       const char *event,
                       size_t event_length,
                       struct invocation_result *result,
                       struct drill_error *error);

/* What SnapStart does before the first invoke: starts the process with AWS_LAMBDA_INITIALIZATION_TYPE=snap-start, lets
 * it come to its restore/next, and suspends it, until an invoke restores it. *restorable: it asked restore/next, not
 * for an event. 0; 1 when its init failed, which result tells (clear it); -1 with error set. */
int environment_take_snapshot(struct environment *environment,
                              bool *restorable,
                              struct invocation_result *result,
                              struct drill_error *error);

/* Whether the function's memory was read at the snapshot, and had these bytes in it. */
bool environment_knows_snapshot(const struct environment *environment);
bool environment_snapshot_has(const struct environment *environment, const uint8_t *bytes, size_t length);

/* What an invoker may add to an event; line ends in it become spaces. */
struct invoker_context {
   const char *client_context;   /* JSON; NULL or empty: none */
   const char *cognito_identity; /* JSON; NULL or empty: none */
   const char *trace_id;         /* of X-Ray; NULL or empty: one is made */
};

/* The same with context, which may be NULL. */
int environment_invoke_with(struct environment *environment,
                            const char *event,
                            size_t event_length,
                            const struct invoker_context *context,
                            struct invocation_result *result,
                            struct drill_error *error);

/* How many events it may have at once. */
unsigned environment_concurrency(const struct environment *environment);

/* Of a managed instance: waits until so many workers ask for an event, or until_us. How many do. */
unsigned environment_await_workers(struct environment *environment, unsigned count, int64_t until_us);

/* Lets a call in another thread, and all later ones, return -1 soon. From a signal handler's thread loop, not the
 * handler. */
void environment_interrupt(struct environment *environment);

/* Process of the function, 0 when there is none. */
pid_t environment_process(struct environment *environment);

#endif
