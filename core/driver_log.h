/*
 * driver_log: sends the driver's log to ours, without secrets: its plain log and, from libmongoc 1.30 on, its
 * structured log, which MONGODB_LOG_ALL=debug and the like turn on (specification "Logging").
 */
#ifndef FAAS_CORE_DRIVER_LOG_H
#define FAAS_CORE_DRIVER_LOG_H

#include "redact.h"

#include <mongoc/mongoc.h>

/* Redirects the plain log. Call it before the driver is initialised. */
void driver_log_install(void);

/* Redirects the structured log of a pool, before its first client is popped, or of a single client; the other one is
 * NULL. The redactor, which may be NULL, must outlive it. Returns false when the driver refuses. */
bool
driver_log_install_structured(mongoc_client_pool_t *pool, mongoc_client_t *single, const struct redactor *redactor);

/* Turns off the structured log of this client. */
void driver_log_silence(mongoc_client_t *single);

#endif
