/*
 * phase: what all kinds of phases share: making an invocation, recording what the server saw of it, and giving a
 * verdict.
 */
#ifndef FAAS_DRILL_PHASE_H
#define FAAS_DRILL_PHASE_H

#include "drill.h"

/* Invokes the drill's own function, which it makes if there is none, and records what the server saw. The phase takes
 * over the verdict, the freeze and the worst recover_ms. With --concurrency it makes that many invocations at once,
 * except for the first of a process. Then *number is the worst of them, and the phase fails if there were fewer. */
int phase_invoke(struct drill *drill, size_t phase, const char *name, size_t *number, struct drill_error *error);

/* Only the first failure of a phase counts. */
void phase_fail(struct drill *drill, size_t phase, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A phase that has failed stays failed. */
void phase_skip(struct drill *drill, size_t phase, const char *reason);

/* Says whether a function that takes so long would still be answered on its platform, in a sentence for people, or ""
 * if it is quick enough for all limits. Lambda's default time limit is 3 s (AWS, "Configure Lambda function timeout");
 * API Gateway waits 29 s (AWS, "Amazon API Gateway quotas", integration timeout). */
void phase_time_limits_advice(char *text, size_t size, double needed_ms);

#endif
