/*
 * drill: what all phases share, and how they make one invocation.
 */
#pragma once

#include "deployment.h"
#include "drill_options.h"
#include "environment.h"
#include "error.h"
#include "function_package.h"
#include "interruption.h"
#include "judge.h"
#include "live.h"
#include "results.h"
#include "timeline.h"
#include "witness.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

/* Some drivers stream only from the second hello on (Node was seen to begin after 0.7 s). So the drill's own function
 * keeps running for this long after its first answer, like a function with an extension on Lambda. */
#define FUNCTION_SETTLE_MS 1000

struct drill {
   const struct options *options;
   const struct function_package *package;
   FILE *log; /* for what the functions write */
   struct timeline *timeline;
   struct witness *witness; /* what the front saw; empty if there is no front */
   struct live *live;
   struct guard *guard;
   struct interruption *interruption;
   struct deployment *deployment;
   struct drill_results *results;
   pthread_mutex_t lock;       /* protects results */
   int instances;              /* environments made so far */
   struct function *function;  /* shared by the phases; the burst and dropped make their own */
   uint16_t last_port;         /* client port of its newest command; 0 if unknown */
   struct witness_counts seen; /* counts at the end of its last invocation */
   bool was_restored;          /* set by phase restore, with what it found */
   struct judge_restore restore;
};

/* A function's variables and its one environment. */
struct function {
   struct function_config config;
   char *uri_variable;
   char *file_variable; /* NULL if no file was asked for */
   const char *variables[OPTIONS_VARIABLES_MAX + 8];
   const char *mounts[OPTIONS_MOUNTS_MAX + 3];
   struct environment *environment;
   struct drill *drill;
};

/* How one function differs from the others; NULL and 0 mean no difference. */
struct function_wish {
   const char *uri;         /* replaces the deployment's URI */
   const char *uri_options; /* "socketTimeoutMS=5000", added to the URI after --uri-options */
   const char *client;      /* "pool" or "single", in place of --client */
   unsigned settle_ms;      /* FUNCTION_SETTLE_MS */
   unsigned timeout_ms;
};

/* Returns NULL with error set. function_destroy allows NULL. */
struct function *function_new(struct drill *drill, const struct function_wish *wish, struct drill_error *error);
void function_destroy(struct function *function);

/* Makes one invocation with the event {} and judges it by itself: it answered well, followed the protocol, and used no
 * CPU while it was suspended before. Adds its record to the results and sets *number to its index. Returns -1 with
 * error set when the drill can't go on. Thread-safe. */
int drill_invoke(
   struct drill *drill, struct function *function, const char *name, size_t *number, struct drill_error *error);

bool drill_ended_as(const struct drill_invocation *one, enum invocation_outcome outcome);
/* Whether the function reports success, to a client that checks the HTTP status, too. */
bool drill_reported_success(const struct drill_invocation *one);

/* Replaces the drill's own function. Returns -1 with error set, and then there is none. */
int drill_new_function(struct drill *drill, const char *uri_options, unsigned settle_ms, struct drill_error *error);

/* Ends the drill's own function, if there is one. The next phase makes another. */
void drill_end_function(struct drill *drill);

/* Waits while the function is suspended. Returns -1 when interrupted. */
int drill_freeze(struct drill *drill, unsigned freeze_ms, const char *what, struct drill_error *error);

/* True if the platform lets the function run between invocations. */
bool drill_runs_on(const struct drill *drill);

/* Milliseconds on the timeline's axis. */
double drill_ms(const struct drill *drill, int64_t at_us);

/* How long an invocation that met a fault took: from the thaw, or if its process was not suspended, from its event. */
double drill_recovery_ms(const struct drill *drill, const struct drill_invocation *one);

/* The drill's record of an invocation, or of the phase that is running; valid until any thread adds another one. */
struct drill_invocation *drill_invocation(struct drill *drill, size_t number);
struct drill_phase *drill_phase(struct drill *drill);
