/*
 * session: a provider from load to unload: opened, told that the start failed, closed, and what it left behind judged.
 */
#ifndef FAAS_CHECK_SESSION_H
#define FAAS_CHECK_SESSION_H

#include "process_state.h"
#include "record.h"
#include "scripted_host.h"
#include "settings.h"

#include "loader.h"

struct session {
   const struct settings *settings; /* not owned */
   struct record *record;           /* not owned */
   struct loaded_provider loaded;
   struct scripted_host *host;
   void *state;
   uint64_t handed_out; /* a sum of the invocation under way, to see whether it stays */
   bool misbehaved;     /* the last call returned FAAS_ERROR only because a rule was broken */
   unsigned after_stop; /* invocations handed out after a stop was requested */
   bool threads_left;   /* of the provider's, which may run its code until the process ends */
   struct process_state before;
};

/* Loads the provider as the harness does. False: it did not, the record says why. */
bool session_load(struct session *session, const struct settings *settings, struct record *record);

/* FAAS_OK or FAAS_ERROR. After FAAS_ERROR its traces are judged at once. */
enum faas_result session_open(struct session *session, struct faas_error *error);

/* The provider has init_failed. */
void session_init_failed(struct session *session, const char *type, const char *message);

/* Closes, and judges what is left. */
void session_close(struct session *session);

/* After session_close or a failed open: unloads, unless a thread was left, which may run its code and call the host;
 * and judges the memory. */
void session_unload(struct session *session);

#endif
