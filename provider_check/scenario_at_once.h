/*
 * scenario_at_once: as many invocations open as the provider says, each in a thread of its own.
 */
#ifndef FAAS_CHECK_SCENARIO_AT_ONCE_H
#define FAAS_CHECK_SCENARIO_AT_ONCE_H

#include "session.h"

void scenario_at_once(struct session *session, unsigned number);

#endif
