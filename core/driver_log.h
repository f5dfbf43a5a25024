/*
 * driver_log: what the driver logs goes to our log, secrets taken out: its plain log, and from libmongoc 1.30 on its
 * structured one, which MONGODB_LOG_ALL=debug and the like turn on (specification "Logging").
 */
#ifndef FAAS_CORE_DRIVER_LOG_H
#define FAAS_CORE_DRIVER_LOG_H

#include "redact.h"

#include <mongoc/mongoc.h>

/* The plain log. Before the driver is initialised. */
void driver_log_install(void);

/* The structured log of a pool, before its first client is taken, or of a client: the other one is NULL. The redactor,
 * which may be NULL, must outlive it. False when the driver refuses. */
bool
driver_log_install_structured(mongoc_client_pool_t *pool, mongoc_client_t *single, const struct redactor *redactor);

/* No structured log of this client. */
void driver_log_silence(mongoc_client_t *single);

#endif
