/*
 * invocation_failure: describes, in Lambda's words, how a function's process ended unexpectedly, for the invoker and
 * for the log.
 */
#pragma once

#include "function.h"
#include "sandbox.h"

/* Sets result's type and payload {"errorType", "errorMessage": "RequestId: ID Error: …"}; printf-like. Returns false
 * when out of memory. */
bool lambda_error_set(struct invocation_result *result, const char *type, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

/* "exited with error: exit status 1", "exited with error: signal: segmentation fault", "exited without providing a
 * reason"; status is from waitpid. */
void lambda_exit_describe(int status, char *text, size_t size);

/* What Lambda writes into the log; empty if nothing. */
struct invocation_failure {
   char line[1300];
};

/* How a process, or the wait for it, ended. */
struct process_failure {
   enum watch_end end;
   int status;           /* as from waitpid */
   const char *reported; /* type of the first error that an extension reported, a literal; NULL: none */
};

/* Ends the process if it still runs, and sets outcome, type, payload and end of result. limit_ms: the time limit that
 * may have expired. Returns 0, or -1 with error set when out of memory. */
int invocation_failure_tell(struct sandbox *sandbox,
                            enum watch_end end,
                            unsigned limit_ms,
                            struct invocation_result *result,
                            struct invocation_failure *failure,
                            struct drill_error *error);

/* The same for a process that has ended already, or that runs on after its time. */
int invocation_failure_of(const struct process_failure *how,
                          unsigned limit_ms,
                          struct invocation_result *result,
                          struct invocation_failure *failure,
                          struct drill_error *error);

/* The same when there is no process, because its program could not be executed. */
int invocation_failure_not_started(const char *reason,
                                   struct invocation_result *result,
                                   struct invocation_failure *failure,
                                   struct drill_error *error);

void invocation_failure_log(struct sandbox *sandbox, const struct invocation_failure *failure);

/* Moves payload and type of the function's own error out of answer. */
void invocation_result_take_answer(struct invocation_result *result, struct runtime_answer *answer);

/* The same for an answer to the event; sets outcome and end as well. */
void invocation_result_answered(struct invocation_result *result, struct runtime_answer *answer);
