/*
 * managed_instance: an environment of Lambda Managed Instances. One process of the function handles several events at
 * once, is never suspended, and refuses an event that no worker waits for. A time limit ends the invoker's wait, not
 * the code. https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html
 */
#pragma once

#include "function.h"
#include "sandbox.h"

struct managed_instance;

/* The caller keeps ownership of sandbox, and only this instance may use it from then on. Returns NULL with error set.
 * destroy allows NULL. */
struct managed_instance *managed_instance_new(struct sandbox *sandbox, struct drill_error *error);
void managed_instance_destroy(struct managed_instance *instance);

/* result already has its request id. Thread-safe: several calls may run at once. Returns 0 with
 * result filled in, or -1 with error set. */
int managed_instance_invoke(struct managed_instance *instance,
                            const struct invoker_event *event,
                            struct invocation_result *result,
                            struct drill_error *error);

/* How many workers wait for an event now. 0 without a process. */
unsigned managed_instance_waiting(struct managed_instance *instance);
