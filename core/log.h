/*
 * log: writes one line on stderr for each message, with its time and level, without secrets.
 *
 * Only main, the providers' log service and the driver's log handler write here; modules return errors. Thread-safe: a
 * line is one write.
 */
#ifndef FAAS_CORE_LOG_H
#define FAAS_CORE_LOG_H

#include "faas_harness/provider.h"

struct redactor;

/* Messages below level are dropped. The redactor, not owned, must live as long as anything logs; NULL: nothing is
 * redacted. */
void log_configure(enum faas_log_level level, const struct redactor *redactor);

/* Lets a provider write the lines in its platform's form, until this is called with NULL. Neither pointer is owned. The
 * platform has its own rules for what to leave out, so level applies only if the user asked for it. */
void log_set_form(const struct faas_provider *provider, void *state, bool level_counts);

/* Logs an error's message and type, as log_line does. */
void log_error(const char *source, const struct faas_error *error);

/* source says who logs: "faas-harness", "libmongoc", a provider's name. */
void log_line(enum faas_log_level level, const char *source, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

#endif
