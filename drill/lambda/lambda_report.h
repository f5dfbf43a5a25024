/*
 * lambda_report: the lines that Lambda itself writes into a function's log around an invocation and about an init that
 * failed, none where the configuration asks for the emulator's manners; and the host's own about broken rules.
 */
#ifndef FAAS_DRILL_LAMBDA_REPORT_H
#define FAAS_DRILL_LAMBDA_REPORT_H

#include "function.h"
#include "sandbox.h"

void lambda_report_start(struct sandbox *sandbox, const struct invocation_result *result);

/* Takes what broke the Runtime API's rules since the last result into result, and tells the log, a line each. */
void lambda_report_violations(struct sandbox *sandbox, struct invocation_result *result);

/* END and REPORT. */
void lambda_report_end(struct sandbox *sandbox, const struct invocation_result *result);

/* Of a process that ended while no invocation was open; status: as waitpid has it. */
void lambda_report_ended_between(struct sandbox *sandbox, int status);

/* Those that registered themselves, a line each. */
void lambda_report_extensions(struct sandbox *sandbox);

/* Of an init that failed as result says, in a phase of its own or within an invocation. */
void lambda_report_init(struct sandbox *sandbox, const struct invocation_result *result, bool within_invocation);

#endif
