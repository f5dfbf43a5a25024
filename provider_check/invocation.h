/*
 * invocation: calls the provider's callbacks for an invocation, from next to its answer, and checks the rules around
 * each call.
 */
#ifndef FAAS_CHECK_INVOCATION_H
#define FAAS_CHECK_INVOCATION_H

#include "session.h"

/* Returns what is wrong with the invocation that next filled; NULL: nothing. */
const char *invocation_fault(const struct faas_invocation *invocation);

/* A checksum of the whole invocation, to see whether it stays unchanged. */
uint64_t invocation_sum(const struct faas_invocation *invocation);

/* Calls next, and requests a stop if it returns nothing for wait_ms. A result that breaks a rule becomes FAAS_ERROR. */
enum faas_result invocation_next(struct session *session, struct faas_invocation *invocation, unsigned wait_ms);

/* Calls fail with this type, or respond if it is NULL. Passes the report read-only, with its end at the end of readable
 * memory. */
enum faas_result invocation_answer(struct session *session,
                                   const struct faas_invocation *invocation,
                                   const char *type,
                                   const char *message,
                                   const char *report,
                                   size_t length);

/* Call only if the provider has caller_gone. */
void invocation_caller_gone(struct session *session, const struct faas_invocation *invocation);

#endif
