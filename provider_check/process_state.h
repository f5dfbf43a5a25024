/*
 * process_state: what of the process a provider could leave changed.
 */
#ifndef FAAS_CHECK_PROCESS_STATE_H
#define FAAS_CHECK_PROCESS_STATE_H

#include "record.h"

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { DESCRIPTORS_MAX = 256, VARIABLES_MAX = 1024, SIGNALS_MAX = 65 };

struct descriptors {
   unsigned count;
   struct {
      int number;
      char target[64]; /* "socket:[1234]" */
   } list[DESCRIPTORS_MAX];
};

struct process_state {
   struct descriptors descriptors;
   unsigned threads;
   struct sigaction handlers[SIGNALS_MAX];
   sigset_t mask;
   mode_t file_mask;
   char folder[PATH_MAX];
};

void process_state_take(struct process_state *state);

/* Judges RULE_DESCRIPTORS and RULE_THREADS, which are to be as before. Waits a moment for threads that are ending.
 * False: a thread is left, which may run the provider's code. */
bool process_state_compare_resources(const struct process_state *before, struct record *record);

/* Judges RULE_PROCESS. */
void process_state_compare_settings(const struct process_state *before, struct record *record);

/* The variables as they are: whether one was added, removed or set anew. One that changes in the provider's own memory,
 * which it gave with putenv, is no such change: no other variable moves. */
struct variables {
   unsigned count;
   const char *list[VARIABLES_MAX];
};

void variables_take(struct variables *variables);
/* NULL when they are the same, else one that is not: its name and value. */
const char *variables_changed(const struct variables *before);

#endif
