/*
 * apm: passes the driver's command and heartbeat events (application performance monitoring) on to capture.
 */
#ifndef FAAS_CORE_APM_H
#define FAAS_CORE_APM_H

#include "capture.h"
#include "redact.h"

#include <mongoc/mongoc.h>

/* What the callbacks need. It must outlive the client, which still sends events while it is destroyed. */
struct apm {
   struct capture *capture;         /* not owned */
   const struct redactor *redactor; /* not owned; may be NULL */
};

/* Returns a new set of callbacks, or NULL when out of memory. Destroy it with mongoc_apm_callbacks_destroy once it is
 * set. */
mongoc_apm_callbacks_t *apm_callbacks_new(void);

#endif
