/*
 * scenarios: the list of everything done with a provider, each in a process of its own. The scenario_… files do it.
 */
#ifndef FAAS_CHECK_SCENARIOS_H
#define FAAS_CHECK_SCENARIOS_H

#include "session.h"

enum scenario_input {
   INPUT_EVENTS, /* the content of --stdin, or --events events; then the end of input */
   INPUT_SILENT, /* nothing comes, and the input does not end */
   INPUT_JUNK    /* bytes that are not events */
};

struct scenario {
   const char *name;
   const char *text;
   void (*run)(struct session *session);
   enum scenario_input input;
   unsigned sweep_max; /* 0: runs once; else up to this often, with 1, 2, … until the record says swept */
   bool before_open;   /* runs even if the provider does not open */
};

/* Ends with an entry whose name is NULL. */
extern const struct scenario scenarios[];

/* From load to close with events, and with a stdin that has none. */
void scenario_load(struct session *session);
void scenario_open_close(struct session *session);
void scenario_life(struct session *session);
void scenario_stop_first(struct session *session);
void scenario_stop_waiting(struct session *session);
void scenario_junk(struct session *session);

/* One event answered in an odd way; a start that failed; a caller that is gone. */
void scenario_respond_empty(struct session *session);
void scenario_respond_byte(struct session *session);
void scenario_respond_binary(struct session *session);
void scenario_respond_large(struct session *session);
void scenario_fail_bare(struct session *session);
void scenario_fail_long(struct session *session);
void scenario_fail_large(struct session *session);
void scenario_init_failed(struct session *session);
void scenario_caller_gone(struct session *session);

/* As many invocations as the provider allows, each in a thread of its own. */
void scenario_at_once(struct session *session);

/* format_log with odd lines, and from several threads. */
void scenario_log_lines(struct session *session);

/* A difficult host: odd values of options, and memory that runs out at the n-th call. */
void scenario_odd_options(struct session *session);
void scenario_host_memory(struct session *session);
void scenario_own_memory(struct session *session);

#endif
