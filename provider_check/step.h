/*
 * step: the building blocks of scenarios: open a provider, ask it for events, answer, and close.
 */
#ifndef FAAS_CHECK_STEP_H
#define FAAS_CHECK_STEP_H

#include "session.h"

/* The report of an ordinary answer. */
#define STEP_REPORT "{\"verdict\":\"pass\"}"

bool step_open(struct session *session);

/* How long to wait for an event that most likely does not come. */
unsigned step_short_wait_ms(const struct session *session);

/* Calls next until it returns something other than FAAS_REJECTED. */
enum faas_result step_next(struct session *session, struct faas_invocation *invocation, unsigned wait_ms);

/* The same, within --wait. Returns false when no event came; the record says why RULE_INVOCATION was not judged. */
bool step_wait_for_event(struct session *session, struct faas_invocation *invocation);

/* Gives an ordinary answer. */
enum faas_result step_respond(struct session *session, const struct faas_invocation *invocation);

/* Requests a stop, answers events that still come, and closes. */
void step_stop_and_close(struct session *session);

/* Opens the provider, answers events until there are no more, well and badly in turn, and closes. must_work: judges
 * RULE_WORKS. */
void step_answer_all(struct session *session, bool must_work, bool fail_first);

#endif
