/*
 * scenario: what the specification asks of the function: insert a document, delete it, and record the outcome of both.
 */
#ifndef FAAS_CORE_SCENARIO_H
#define FAAS_CORE_SCENARIO_H

#include "client.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define SCENARIO_DATABASE "faas"
#define SCENARIO_COLLECTION "lambda"
#define OPERATION_ERROR_MAX 512

/* acknowledged, when the server's reply gave no number */
#define OPERATION_NOT_ACKNOWLEDGED (-1)

struct operation {
   bool tried;
   bool sent; /* a command was sent to a server */
   bool ended;
   bool ok;                         /* the driver reports success, and the server acknowledged exactly one document */
   int64_t acknowledged;            /* documents, from the server's reply */
   int64_t duration_us;             /* of an operation that ended */
   char error[OPERATION_ERROR_MAX]; /* the driver's; empty when it reports success */
};

struct scenario_result {
   struct operation insert;
   struct operation delete;
};

#define LEFTOVERS_MAX 32
#define LEFTOVERS_TRIES 3

struct leftover {
   bson_oid_t id;
   int tries;
};

/* Documents that a run may have left behind because it never learned the outcome of its insert or delete. They are
 * deleted once the database answers again. A delete that finds nothing is repeated later, a few times: the insert may
 * still be on its way. Zeroed, it is empty. */
struct leftovers {
   struct leftover documents[LEFTOVERS_MAX];
   size_t count;
};

/* One run. Other threads may look at it while it goes on. */
struct scenario {
   struct client *client;    /* not owned */
   struct lane *lane;        /* not owned; that of the thread that runs this */
   int64_t deadline_unix_us; /* INT64_MAX: none */
   uint32_t invocation;
   bool fresh_ids;             /* make ids of our own: copies of one process would make the same ones */
   struct leftovers leftovers; /* used only by the thread that runs this */
   pthread_mutex_t lock;
   struct scenario_result result;
};

void scenario_init(struct scenario *scenario, struct client *client, struct lane *lane);
void scenario_clear(struct scenario *scenario);

/* Prepares the next run. No run may be in progress. */
void scenario_reset(struct scenario *scenario, uint32_t invocation, bool fresh_ids, int64_t deadline_unix_us);

/* Inserts and deletes. The delete is tried whenever the insert may have reached the server, unless the deadline has
 * passed. The parameter is a struct scenario. */
void scenario_run(void *scenario);

/* Deletes what earlier runs may have left behind. The parameter is a struct scenario. */
void scenario_sweep(void *scenario);

/* Whether there is anything to sweep. Call only while no run is in progress. */
bool scenario_has_leftovers(const struct scenario *scenario);

/* Copies the results so far. */
void scenario_peek(struct scenario *scenario, struct scenario_result *result);

#endif
