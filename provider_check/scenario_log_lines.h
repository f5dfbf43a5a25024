/*
 * scenario_log_lines: the scenario that calls the provider's format_log with odd lines and from several threads.
 */
#ifndef FAAS_CHECK_SCENARIO_LOG_LINES_H
#define FAAS_CHECK_SCENARIO_LOG_LINES_H

#include "session.h"

void scenario_log_lines(struct session *session, unsigned number);

#endif
