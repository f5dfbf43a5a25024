/*
 * restore: SnapStart, as a custom runtime must serve it: after init it calls restore/next, Lambda takes the snapshot
 * while the call waits, and each copy made from it goes on when the call is answered (AWS, "Implementing SnapStart
 * hooks for container images"; aws-lambda-python-runtime-interface-client, bootstrap.py, on_init_complete).
 */
#ifndef AWS_LAMBDA_RESTORE_H
#define AWS_LAMBDA_RESTORE_H

#include "channels.h"

/* The error types of AWS's own runtimes, in Lambda-Runtime-Function-Error-Type. */
#define RESTORE_BEFORE_SNAPSHOT_ERROR "Runtime.BeforeSnapshotError"
#define RESTORE_AFTER_RESTORE_ERROR "Runtime.AfterRestoreError"

struct restore {
   pthread_mutex_t lock;
   enum { RESTORE_SETTLED, RESTORE_DUE, RESTORE_FAILED } state;
};

/* initialization_type is the value of AWS_LAMBDA_INITIALIZATION_TYPE, or NULL. */
void restore_init(struct restore *restore, const char *initialization_type);
void restore_clear(struct restore *restore);

/* Waits for the restore, if one is due, over a channel that the caller has taken; other threads wait here until it is
 * over. FAAS_OK: invocations can be asked for. FAAS_END: a stop was requested, or the restore failed in another thread.
 * FAAS_ERROR: the restore failed, and the platform got the error. */
enum faas_result
restore_await(struct restore *restore, struct channel *channel, const struct faas_host *host, struct faas_error *error);

#endif
