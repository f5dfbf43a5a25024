/*
 * trace_id: _X_AMZN_TRACE_ID in the environment, for the current invocation.
 *
 * AWS, "Using the Lambda runtime API": "Set the _X_AMZN_TRACE_ID environment variable locally with the same value". The
 * driver's threads may read the environment at any time (name look-ups do), and setenv could move it while they read.
 * So the variable is set once, before any thread runs, and its value is then written in place.
 */
#ifndef AWS_LAMBDA_TRACE_ID_H
#define AWS_LAMBDA_TRACE_ID_H

/* Call once, before other threads run. The variable starts empty. */
void trace_id_install(void);

/* Call before the provider is unloaded, because the variable's memory goes with it. */
void trace_id_remove(void);

/* Sets the variable; NULL: no trace. A value that is too long is cut. */
void trace_id_set(const char *trace_id);

#endif
