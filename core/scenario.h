/*
 * scenario: what the specification asks of the function, one insert and one delete of what was inserted, and what came
 * of them.
 */
#ifndef FAAS_CORE_SCENARIO_H
#define FAAS_CORE_SCENARIO_H

#include "leftovers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define SCENARIO_DATABASE "faas"
#define SCENARIO_COLLECTION "lambda"
#define OPERATION_ERROR_MAX 512

/* acknowledged when the server named no number */
#define OPERATION_NOT_ACKNOWLEDGED (-1)

struct operation {
   bool tried;
   bool sent; /* a command left for a server */
   bool ended;
   bool ok;                         /* the driver reports success, and exactly one document was acknowledged */
   int64_t acknowledged;            /* documents, as the server's reply has it */
   int64_t duration_us;             /* of what ended */
   char error[OPERATION_ERROR_MAX]; /* the driver's; empty when it reports success */
};

struct scenario_result {
   struct operation insert;
   struct operation delete;
};

/* One run, which another thread may look at while it goes on. */
struct scenario {
   struct client *client;    /* not owned */
   struct lane *lane;        /* not owned; of the thread that runs it */
   int64_t deadline_unix_us; /* INT64_MAX: none */
   uint32_t invocation;
   bool fresh_ids;             /* not the driver's: the process is one of several copies */
   struct leftovers leftovers; /* touched by the thread that runs it only */
   pthread_mutex_t lock;
   struct scenario_result result;
};

void scenario_init(struct scenario *scenario, struct client *client, struct lane *lane);
void scenario_clear(struct scenario *scenario);

/* Make ready for the next run; none may be under way. */
void scenario_reset(struct scenario *scenario, uint32_t invocation, bool fresh_ids, int64_t deadline_unix_us);

/* Insert and delete. The delete is tried whenever the insert may have reached the server, unless the deadline is over.
 * The parameter is a struct scenario. */
void scenario_run(void *scenario);

/* Delete what earlier runs may have left behind. The parameter is a struct scenario. */
void scenario_sweep(void *scenario);

/* Whether there is anything to sweep. Only while no run is under way. */
bool scenario_has_leftovers(const struct scenario *scenario);

/* What is known so far. */
struct scenario_result scenario_peek(struct scenario *scenario);

#endif
