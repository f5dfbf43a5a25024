/*
 * log_lines: a provider's format_log, with odd lines and from several threads.
 */
#ifndef FAAS_CHECK_LOG_LINES_H
#define FAAS_CHECK_LOG_LINES_H

#include "session.h"

/* The provider is open and has format_log. */
void log_lines_try(struct session *session);
void log_lines_try_threads(struct session *session);

#endif
