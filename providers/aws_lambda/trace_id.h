/*
 * trace_id: _X_AMZN_TRACE_ID in the environment, for the invocation under way.
 *
 * AWS, "Using the Lambda runtime API": "Set the _X_AMZN_TRACE_ID environment variable locally with the same value". The
 * driver's threads may read the environment at any time (name look-ups do), and setenv would move it under their feet:
 * the variable is put there once, before any thread runs, and its value is then written in place.
 */
#ifndef AWS_LAMBDA_TRACE_ID_H
#define AWS_LAMBDA_TRACE_ID_H

/* Once, before other threads run. The variable is empty then. */
void trace_id_install(void);

/* Before the provider is unloaded, and the variable's memory with it. */
void trace_id_remove(void);

/* NULL: none. A value that is too long is cut. */
void trace_id_set(const char *trace_id);

#endif
