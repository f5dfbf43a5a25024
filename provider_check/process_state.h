/*
 * process_state: the parts of the process's state that a provider could leave changed.
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

/* Judges RULE_DESCRIPTORS and RULE_THREADS: both must be as before. Waits a moment for threads that are ending. Returns
 * false when a thread is left, which may be running the provider's code. */
bool process_state_compare_resources(const struct process_state *before, struct record *record);

/* Judges RULE_PROCESS. */
void process_state_compare_settings(const struct process_state *before, struct record *record);

/* The environment variables, to see whether one was added, removed or changed. A provider may change a variable in its
 * own memory, which it passed to putenv: that does not count, because no other variable moves. */
struct variables {
   unsigned count;
   const char *list[VARIABLES_MAX];
};

void variables_take(struct variables *variables);
/* Returns NULL when they are the same, else one that differs: its name and value. */
const char *variables_changed(const struct variables *before);

#endif
