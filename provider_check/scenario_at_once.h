/*
 * scenario_at_once: the scenario that opens as many invocations as the provider allows, each in a thread of its own.
 */
#ifndef FAAS_CHECK_SCENARIO_AT_ONCE_H
#define FAAS_CHECK_SCENARIO_AT_ONCE_H

#include "session.h"

void scenario_at_once(struct session *session, unsigned number);

#endif
