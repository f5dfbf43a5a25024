/*
 * log: one line on stderr for a message, with its time and level, secrets taken out.
 *
 * Only main, the providers' log service and the driver's log handler write here; modules return errors.
 * Safe from any thread: a line is one write.
 */
#ifndef FAAS_CORE_LOG_H
#define FAAS_CORE_LOG_H

#include "faas_harness/provider.h"

struct redactor;

/* Messages below level are dropped. The redactor, not owned, must live as long as anything logs; NULL is none. */
void log_configure(enum faas_log_level level, const struct redactor *redactor);

/* Let a provider write the lines in its platform's form, from now until it is called with NULL. Both are not owned. A
 * platform has its own rule for what is left out, so level no longer counts unless the user asked for it. */
void log_set_form(const struct faas_provider *provider, void *state, bool level_counts);

/* An error's message and type, as log_line has them. */
void log_error(const char *source, const struct faas_error *error);

/* source says who speaks: "faas-harness", "libmongoc", a provider's name. */
void log_line(enum faas_log_level level, const char *source, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

#endif
