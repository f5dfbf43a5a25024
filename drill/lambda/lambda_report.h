/*
 * lambda_report: the lines that Lambda itself writes into a function's log, around an invocation and about a failed
 * init, and the host's own lines about broken rules.
 */
#pragma once

#include "function.h"
#include "sandbox.h"

void lambda_report_start(struct sandbox *sandbox, const struct invocation_result *result);

/* Moves the broken Runtime API rules since the last result into result, and logs one line for each. */
void lambda_report_violations(struct sandbox *sandbox, struct invocation_result *result);

/* Logs END and REPORT. */
void lambda_report_end(struct sandbox *sandbox, const struct invocation_result *result);

/* For a process that ended while no invocation was open; status is from waitpid. */
void lambda_report_ended_between(struct sandbox *sandbox, int status);

/* Logs one line for each extension that registered. */
void lambda_report_extensions(struct sandbox *sandbox);

/* For an init that failed as result says, in a phase of its own or within an invocation. */
void lambda_report_init(struct sandbox *sandbox, const struct invocation_result *result, bool within_invocation);
