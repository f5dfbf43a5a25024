/*
 * step: what scenarios are made of: a provider opened, asked for events, answered, and closed.
 */
#ifndef FAAS_CHECK_STEP_H
#define FAAS_CHECK_STEP_H

#include "session.h"

/* The report of an ordinary answer. */
#define STEP_REPORT "{\"verdict\":\"pass\"}"

bool step_open(struct session *session);

/* How long to wait for an event that most likely does not come. */
int step_short_wait_ms(const struct session *session);

/* The next that is no rejection. */
enum faas_result step_next(struct session *session, struct faas_invocation *invocation, int wait_ms);

/* The same within --wait. False: none came, and the record says why RULE_INVOCATION was not judged. */
bool step_wait_for_event(struct session *session, struct faas_invocation *invocation);

/* Ordinary answers. */
enum faas_result step_respond(struct session *session, const struct faas_invocation *invocation);
enum faas_result step_fail(struct session *session, const struct faas_invocation *invocation);

/* A stop is requested; what comes nevertheless is answered. */
void step_stop_and_close(struct session *session);

/* Answers what comes, well and badly in turn, until there is no more; then closes. must_work: judges RULE_WORKS. */
void step_answer_all(struct session *session, bool must_work, bool fail_first);

#endif
