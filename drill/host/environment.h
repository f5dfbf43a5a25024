/*
 * environment: runs one function as its platform does, in one execution environment, and gives it events.
 */
#ifndef FAAS_DRILL_ENVIRONMENT_H
#define FAAS_DRILL_ENVIRONMENT_H

#include "function.h"
#include "platform.h"

struct environment;

/* No process is started before the first invoke. instance numbers it in timeline and log. NULL with error set when
 * there is no bootstrap, no port or no memory. */
struct environment *environment_new(const struct function_config *config, int instance, struct drill_error *error);

/* Ends the function: by SIGTERM first when it has an extension. Takes NULL. */
void environment_destroy(struct environment *environment);

/* Hands out event, thawing the function or starting it (cold, or after a crash, init failure, time-out: with a
 * fresh process), waits for its answer, and suspends it where the platform does. Blocks; any thread, as many calls at
 * once as config's concurrency. The event is at most 6 MB. 0 with result filled (clear it), also when the function
 * failed; -1 with error set when the host itself could not go on, or environment_interrupt was called. */
int environment_invoke(struct environment *environment,
                       const char *event,
                       size_t event_length,
                       struct invocation_result *result,
                       struct drill_error *error);

/* What provisioned concurrency, or a minimum of instances, does before the first invoke: starts the process, and lets
 * it rest as after an invocation once it could take an event. 0; 1 when its init failed, which result tells (clear it);
 * -1 with error set. */
int
environment_initialise(struct environment *environment, struct invocation_result *result, struct drill_error *error);

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

/* The same with context, which may be NULL. */
int environment_invoke_with(struct environment *environment,
                            const char *event,
                            size_t event_length,
                            const struct invoker_context *context,
                            struct invocation_result *result,
                            struct drill_error *error);

/* How many events it may have at once. */
unsigned environment_concurrency(const struct environment *environment);

/* Waits until count invocations could be handed out at once, or until_us. How many can. */
unsigned environment_await_workers(struct environment *environment, unsigned count, int64_t until_us);

/* Lets a call in another thread, and all later ones, return -1 soon. From a signal handler's thread loop, not the
 * handler. */
void environment_interrupt(struct environment *environment);

/* Process of the function, 0 when there is none. */
pid_t environment_process(struct environment *environment);

#endif
