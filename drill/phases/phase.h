/*
 * phase: what all kinds of phases share: making an invocation, recording what the server saw of it, and giving a
 * verdict on the phase that is running.
 */
#pragma once

#include "append.h"
#include "drill.h"
#include "slow_look.h"

/* Invokes the drill's own function, which it makes if there is none, and records what the server saw. The phase takes
 * over the verdict, the freeze and the worst recover_ms. With --concurrency it makes that many invocations at once,
 * except for the first of a process; then it returns the worst of them, and the phase fails if there were fewer.
 * Returns NULL with error set when the drill can't go on. */
struct drill_invocation *phase_invoke(struct drill *drill, const char *name, struct drill_error *error);

/* Makes and invokes the drill's own function, as phase_invoke does, unless there is one. Returns -1 with error set when
 * the drill can't go on. */
int phase_get_ready(struct drill *drill, const char *name, struct drill_error *error);

/* Invokes the drill's own function, or another one that ends after that. A failure does not fail the phase. Return NULL
 * with error set when the drill can't go on. */
struct drill_invocation *phase_invoke_excused(struct drill *drill, const char *name, struct drill_error *error);
struct drill_invocation *
phase_invoke_as(struct drill *drill, const struct function_wish *wish, const char *name, struct drill_error *error);

/* Only the first failure of a phase counts. */
void phase_fail(struct drill *drill, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A phase that has failed stays failed. */
void phase_skip(struct drill *drill, const char *reason);

/* Fails the phase because an init failed. what: "init failed". */
void phase_fail_init(struct drill *drill, const char *what, const struct invocation_result *result);

/* Fails the phase because the function reported success without a database. when: "with the old password". */
void phase_fail_hidden_error(struct drill *drill, const char *when, const struct drill_invocation *one);

/* Marks an invocation that failed because the driver refused its URI option. before: "any member is slow". */
void phase_excuse_option(struct drill_invocation *one, const char *before);

/* Keeps the longest recovery of the phase. */
void phase_recovered(struct drill *drill, double recover_ms);

/* Copies the record of the wire. Returns false with error set; clear the facts in any case. */
bool phase_facts(struct drill *drill, struct witness_facts *facts, struct drill_error *error);

/* What functions inserted since since_us, as the front saw it. */
struct slow_written phase_written_since(struct drill *drill, int64_t since_us);

/* Says whether a function that takes so long would still be answered on its platform, in a sentence for people, or ""
 * if it is quick enough for all limits. Lambda's default time limit is 3 s (AWS, "Configure Lambda function timeout");
 * API Gateway waits 29 s (AWS, "Amazon API Gateway quotas", integration timeout). */
void phase_time_limits_advice(struct text_out out, double needed_ms);
