/*
 * invocation: one run of the mongodb scenario from the event to the report: window, deadline, assertions, verdict.
 */
#ifndef FAAS_CORE_INVOCATION_H
#define FAAS_CORE_INVOCATION_H

#include "capture.h"
#include "client.h"
#include "options.h"

struct invoker;

/* Nothing given is owned; all of it must outlive the invoker. NULL with error. */
struct invoker *invoker_new(const struct options *options,
                            const struct faas_provider *provider,
                            struct client *client,
                            struct capture *capture,
                            const struct redactor *redactor,
                            struct faas_error *error);

/* Once no more invocations come: try to delete what they may have left in the database, for a second at most. Returns
 * the number of documents that may still be there. */
size_t invoker_finish(struct invoker *invoker);

/* Destroy the client, within two seconds. False when the driver blocks, in this or in an invocation that is over: then
 * nothing it uses may be released, and the process is to end as it is. */
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
