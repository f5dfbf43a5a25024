/*
 * invocation_failure: how a function's process ended that should have gone on, in Lambda's words, for the invoker and
 * for the log.
 */
#ifndef FAAS_DRILL_INVOCATION_FAILURE_H
#define FAAS_DRILL_INVOCATION_FAILURE_H

#include "function.h"
#include "sandbox.h"

/* What Lambda writes into the log; empty: nothing. */
struct invocation_failure {
   char line[1300];
};

/* How a process ended, or a wait for it. */
struct process_failure {
   enum watch_end end;
   int status;           /* as waitpid has it */
   const char *reported; /* type of the error that an extension reported first, a literal; NULL: none did */
};

/* Ends the process where it has not ended by itself, and sets outcome, type, payload and end of result. limit_ms: of
 * the time that may be over. 0, or -1 with error set when out of memory. */
int invocation_failure_tell(struct sandbox *sandbox,
                            enum watch_end end,
                            unsigned limit_ms,
                            struct invocation_result *result,
                            struct invocation_failure *failure,
                            struct drill_error *error);

/* The same of a process that has ended already, or of one that goes on after the time. */
int invocation_failure_of(const struct process_failure *how,
                          unsigned limit_ms,
                          struct invocation_result *result,
                          struct invocation_failure *failure,
                          struct drill_error *error);

/* The same when there is no process, as its program could not be executed. */
int invocation_failure_not_started(const char *reason,
                                   struct invocation_result *result,
                                   struct invocation_failure *failure,
                                   struct drill_error *error);

void invocation_failure_log(struct sandbox *sandbox, const struct invocation_failure *failure);

/* The function's own: payload and type. */
void invocation_result_take_answer(struct invocation_result *result, struct runtime_answer *answer);

/* The same of an answer to the event, with outcome and end. */
void invocation_result_answered(struct invocation_result *result, struct runtime_answer *answer);

#endif
