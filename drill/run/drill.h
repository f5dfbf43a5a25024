/*
 * drill: what all phases share, and one invocation as they make it.
 */
#ifndef FAAS_DRILL_DRILL_H
#define FAAS_DRILL_DRILL_H

#include "deployment.h"
#include "environment.h"
#include "error.h"
#include "function_package.h"
#include "interruption.h"
#include "judge.h"
#include "live.h"
#include "options.h"
#include "results.h"
#include "timeline.h"
#include "witness.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

/* A driver may stream only from its second hello on: Node was seen to begin after 0.7 s. So the drill's own function
 * goes on for a while after its first answer, as one does on Lambda that has an extension. */
#define FUNCTION_SETTLE_MS 1000

struct drill {
   const struct options *options;
   const struct function_package *package;
   FILE *log; /* what the functions write */
   struct timeline *timeline;
   struct witness *witness; /* what the front sees; empty without one */
   struct live *live;
   struct guard *guard;
   struct interruption *interruption;
   struct deployment *deployment;
   struct drill_results *results;
   pthread_mutex_t lock;       /* of results */
   int instances;              /* environments made so far */
   const char *client;         /* of the functions made now, in place of --client; NULL: that */
   struct function *function;  /* of all phases but the burst and dropped */
   uint16_t last_port;         /* client port of its newest command; 0: not known */
   struct witness_counts seen; /* when its last invocation had ended */
   bool was_restored;          /* by the phase of that name, which then found */
   struct judge_restore restore;
};

/* A function's variables and its one environment. */
struct function {
   struct function_config config;
   char *uri_variable;
   char *file_variable; /* NULL: none is asked for */
   const char *variables[OPTIONS_VARIABLES_MAX + 8];
   const char *mounts[OPTIONS_MOUNTS_MAX + 3];
   struct environment *environment;
   struct drill *drill;
};

/* uri_options ("socketTimeoutMS=5000", or NULL) are added to the deployment's URI, behind --uri-options. settle_ms: 0,
 * or FUNCTION_SETTLE_MS. Returns NULL with error set. destroy accepts NULL. */
struct function *
function_new(struct drill *drill, const char *uri_options, unsigned settle_ms, struct drill_error *error);
/* The same with a time limit of its own. */
struct function *function_new_limited(
   struct drill *drill, const char *uri_options, unsigned settle_ms, unsigned timeout_ms, struct drill_error *error);

/* What one function has that others do not; NULL and 0: as all. */
struct function_wish {
   const char *uri; /* in place of the deployment's */
   const char *uri_options;
   const char *variable; /* "NAME=VALUE", static */
   unsigned settle_ms;
   unsigned timeout_ms;
};

struct function *function_new_as(struct drill *drill, const struct function_wish *wish, struct drill_error *error);
void function_destroy(struct function *function);

/* One invocation with the event {}, judged by itself: answered well, protocol kept, suspended before without using the
 * CPU. Its record is added to the results, *number its index there. -1 with error set when the drill can't go on. Any
 * thread. */
int drill_invoke(struct drill *drill,
                 struct function *function,
                 size_t phase,
                 const char *name,
                 size_t *number,
                 struct drill_error *error);

/* Waits while the function is suspended; -1 when interrupted. */
int drill_freeze(struct drill *drill, unsigned freeze_ms, const char *what, struct drill_error *error);

/* Whether the platform lets the function run between its invocations. */
bool drill_runs_on(const struct drill *drill);

/* On the axis of the timeline. */
double drill_ms(const struct drill *drill, int64_t at_us);

/* How long one that met a fault took: from the thaw, or of a process that was not suspended, from its event. */
double drill_recovery_ms(struct drill *drill, size_t number);

/* The drill's own record of it, while no other thread adds any. */
struct drill_invocation *drill_invocation(struct drill *drill, size_t number);
struct drill_phase *drill_phase(struct drill *drill, size_t number);

#endif
