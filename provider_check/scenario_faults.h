/*
 * scenario_faults: the scenarios with a difficult host: odd values of options, and memory that runs out at the n-th
 * call.
 */
#ifndef FAAS_CHECK_SCENARIO_FAULTS_H
#define FAAS_CHECK_SCENARIO_FAULTS_H

#include "session.h"

void scenario_odd_options(struct session *session, unsigned number);
void scenario_host_memory(struct session *session, unsigned number);
void scenario_own_memory(struct session *session, unsigned number);

#endif
