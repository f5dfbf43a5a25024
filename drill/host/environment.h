/*
 * environment: runs one function as its platform does, in one execution environment, and gives it events.
 */
#pragma once

#include "function.h"
#include "platform.h"

struct environment;

/* Starts no process before the first invoke. instance is its number in timeline and log. Returns NULL with error set
 * when there is no bootstrap, no port or no memory. */
struct environment *environment_new(const struct function_config *config, int instance, struct drill_error *error);

/* Ends the function, by SIGTERM first if it has an extension. Allows NULL. */
void environment_destroy(struct environment *environment);

/* Hands out event, waits for its answer, and suspends the function if the platform does so. First it thaws the
 * function, or starts it: a cold start, or a fresh process after a crash, a failed init or a timeout. Blocks.
 * Thread-safe: as many calls may run at once as config's concurrency allows. The event is at most 6 MB. Returns 0 with
 * result filled in (clear it), even if the function failed; -1 with error set if the host itself could not go on, or
 * environment_interrupt was called. */
int environment_invoke(struct environment *environment,
                       const char *event,
                       size_t event_length,
                       struct invocation_result *result,
                       struct drill_error *error);

/* Does what provisioned concurrency, or a minimum of instances, does before the first invoke: starts the process, waits
 * until it can take an event, and then suspends or throttles it as after an invocation. Returns 0; 1 if its init
 * failed, as result says (clear it); -1 with error set. */
int
environment_initialise(struct environment *environment, struct invocation_result *result, struct drill_error *error);

/* Does what SnapStart does before the first invoke: starts the process with AWS_LAMBDA_INITIALIZATION_TYPE=snap-start,
 * waits for its restore/next, and suspends it until an invoke restores it. *restorable: it asked restore/next, not for
 * an event. Returns 0; 1 if its init failed, which result says (clear it); -1 with error set. */
int environment_take_snapshot(struct environment *environment,
                              bool *restorable,
                              struct invocation_result *result,
                              struct drill_error *error);

/* The function's memory at the snapshot; NULL: it could not be read. */
const struct memory_copy *environment_snapshot(const struct environment *environment);

/* Like environment_invoke, with what the invoker added to the event. */
int environment_invoke_with(struct environment *environment,
                            const struct invoker_event *event,
                            struct invocation_result *result,
                            struct drill_error *error);

/* How many events the environment may have at once. */
unsigned environment_concurrency(const struct environment *environment);

/* Waits until count invocations could be handed out at once, or until until_us. Returns how many could be. */
unsigned environment_await_workers(struct environment *environment, unsigned count, int64_t until_us);

/* Makes a call in another thread, and all later ones, return -1 soon. Not for a signal handler: call it from the thread
 * that waits for signals. */
void environment_interrupt(struct environment *environment);

/* Process of the function; 0 when there is none. */
pid_t environment_process(struct environment *environment);
