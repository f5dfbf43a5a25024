/*
 * invocation: the callbacks an invocation passes through, from next to its answer, with their rules watched around
 * each.
 */
#ifndef FAAS_CHECK_INVOCATION_H
#define FAAS_CHECK_INVOCATION_H

#include "session.h"

/* What is wrong with what next filled; NULL: nothing. */
const char *invocation_fault(const struct faas_invocation *invocation);

/* Of all that it consists of, to see whether it stays. */
uint64_t invocation_sum(const struct faas_invocation *invocation);

/* next, with a stop requested after wait_ms of silence. A result that is none becomes FAAS_ERROR. */
enum faas_result invocation_next(struct session *session, struct faas_invocation *invocation, int wait_ms);

/* The report's end is the end of what can be read, and it can't be written. */
enum faas_result invocation_respond(struct session *session,
                                    const struct faas_invocation *invocation,
                                    const char *report,
                                    size_t length);
enum faas_result invocation_fail(struct session *session,
                                 const struct faas_invocation *invocation,
                                 const char *type,
                                 const char *message,
                                 const char *report,
                                 size_t length);

/* The provider has caller_gone. */
void invocation_caller_gone(struct session *session, const struct faas_invocation *invocation);

#endif
