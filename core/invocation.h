/*
 * invocation: one run of the mongodb scenario, from the event to the report: window, deadline, assertions, verdict.
 */
#ifndef FAAS_CORE_INVOCATION_H
#define FAAS_CORE_INVOCATION_H

#include "capture.h"
#include "client.h"
#include "options.h"
#include "snapshot.h"

#include <stdatomic.h>

struct invoker;

/* What all lanes share. Zero everything except the pointers, none of which is owned. */
struct invocation_context {
   const struct options *options;
   const struct faas_provider *provider;
   struct client *client;
   struct capture *capture;
   const struct redactor *redactor;
   const struct snapshot *snapshot;
   _Atomic(uint32_t) count;                 /* invocations so far */
   _Atomic(int64_t) last_ended_boottime_us; /* when the newest one ended */
};

/* Creates the invoker of the lane with this number. One thread at a time may use it. context must outlive it. Returns
 * NULL and fills error on failure. */
struct invoker *invoker_new(struct invocation_context *context, unsigned lane, struct faas_error *error);

/* Whether the driver is still blocked in an invocation that is over. */
bool invoker_is_blocked(struct invoker *invoker);

/* Call once no more invocations come: tries to delete what they may have left in the database, for a second at most.
 * Returns the number of documents that may still be there. */
size_t invoker_finish(struct invoker *invoker);

/* Destroys the client of all lanes within two seconds; no other lane may use it. Returns false when the driver blocks,
 * here or in an invocation that is over: then nothing it uses may be released, and the process must exit as it is. */
bool invoker_end_client(struct invoker *invoker);

/* Call after invoker_end_client. Accepts NULL. Returns false when the thread is still blocked. */
bool invoker_destroy(struct invoker *invoker);

struct outcome {
   bool passed;
   char *report; /* owned; NULL only when out of memory */
   struct faas_error failure;
};

/* Runs an invocation. Failures of every kind are in the outcome. */
void invoker_run(struct invoker *invoker, const struct faas_invocation *invocation, struct outcome *outcome);
void outcome_clear(struct outcome *outcome);

#endif
