/*
 * invocation: one run of the mongodb scenario from the event to the report: window, deadline, assertions, verdict.
 */
#ifndef FAAS_CORE_INVOCATION_H
#define FAAS_CORE_INVOCATION_H

#include "capture.h"
#include "client.h"
#include "options.h"
#include "snapshot.h"

#include <stdatomic.h>

struct invoker;

/* What all lanes share. Zeroed but for the pointers, of which none is owned. */
struct invocation_context {
   const struct options *options;
   const struct faas_provider *provider;
   struct client *client;
   struct capture *capture;
   const struct redactor *redactor;
   const struct snapshot *snapshot;
   _Atomic(uint32_t) count;                 /* of invocations so far */
   _Atomic(int64_t) last_ended_boottime_us; /* of the newest that has ended */
};

/* For the lane with that number, and any one thread at a time. context must outlive it. NULL with error. */
struct invoker *invoker_new(struct invocation_context *context, unsigned lane, struct faas_error *error);

/* Whether the driver still blocks in one that is over. */
bool invoker_is_blocked(struct invoker *invoker);

/* Once no more invocations come: try to delete what they may have left in the database, for a second at most. Returns
 * the number of documents that may still be there. */
size_t invoker_finish(struct invoker *invoker);

/* Destroy the client, of all lanes, within two seconds; no other lane may use it. False when the driver blocks, in this
 * or in an invocation that is over: then nothing it uses may be released, and the process is to end as it is. */
bool invoker_end_client(struct invoker *invoker);

/* After invoker_end_client. Accepts NULL. False when the thread still blocks. */
bool invoker_destroy(struct invoker *invoker);

struct outcome {
   bool passed;
   char *report; /* owned; NULL only when memory ran out */
   struct faas_error failure;
};

/* Run it. Whatever goes wrong is in the outcome. */
void invoker_run(struct invoker *invoker, const struct faas_invocation *invocation, struct outcome *outcome);
void outcome_clear(struct outcome *outcome);

#endif
