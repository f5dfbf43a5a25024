/*
 * apm: the driver's command and heartbeat events (application performance monitoring), handed on to capture.
 */
#ifndef FAAS_CORE_APM_H
#define FAAS_CORE_APM_H

#include "capture.h"
#include "redact.h"

#include <mongoc/mongoc.h>

/* What the callbacks need; must outlive the client, whose destruction still sends events. */
struct apm {
   struct capture *capture;         /* not owned */
   const struct redactor *redactor; /* not owned; may be NULL */
};

/* A new set of callbacks, to be destroyed by mongoc_apm_callbacks_destroy once they are set. NULL when out of memory.
 */
mongoc_apm_callbacks_t *apm_callbacks_new(void);

#endif
