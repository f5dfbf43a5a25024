/*
 * session: takes a provider from load to unload: opens it, tells it that the start failed, closes it, and judges what
 * it left behind.
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
   unsigned number;                 /* of a sweep, from 1 */
   struct loaded_provider loaded;
   struct scripted_host *host;
   void *state;
   uint64_t handed_out; /* a checksum of the current invocation, to see whether it stays unchanged */
   bool misbehaved;     /* the last call returned FAAS_ERROR only because a rule was broken */
   unsigned after_stop; /* invocations handed out after a stop was requested */
   bool threads_left;   /* threads of the provider, which may run its code until the process ends */
   struct process_state before;
};

/* Around every call to the provider: watch stdout and the environment, and record which callback runs. Descriptor 1 is
 * a file, which receives everything that the provider writes. answers: this callback may write to stdout. */
void call_begin(struct record *record, enum callback callback);
void call_end(struct record *record, bool answers);

/* Loads the provider as the harness does. Returns false when that failed; the record says why. */
bool session_load(struct session *session, const struct settings *settings, struct record *record, unsigned number);

/* Returns FAAS_OK or FAAS_ERROR. After FAAS_ERROR, judges at once what the provider left behind. */
enum faas_result session_open(struct session *session, struct faas_error *error);

/* Call only if the provider has init_failed. */
void session_init_failed(struct session *session, const char *type, const char *message);

/* Closes the provider, and judges what it left behind. */
void session_close(struct session *session);

/* Call after session_close or a failed open. Unloads the provider, unless a thread is left, which may run its code and
 * call the host; and judges its memory. */
void session_unload(struct session *session);

#endif
