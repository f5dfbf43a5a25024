/*
 * process: starts, suspends, thaws and ends a function's process, leader of a process group of its own, with all its
 * descendants, and measures what they use.
 */
#pragma once

#include "descendants.h"
#include "error.h"
#include "guard.h"
#include "isolation.h"
#include "root_plan.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_plan {
   char *const *arguments; /* the first one is the program */
   char *const *variables;
   const char *folder; /* to start in; with its own root, that is ROOT_TASK */
   enum isolation isolation;
   const struct root_plan *root; /* not used for ISOLATION_NONE */
   int mounts;                   /* mount namespace of an earlier process to enter instead; -1: none */
   uid_t user;                   /* of the function */
   gid_t group;
   int input;           /* stdin; -1: none */
   int output;          /* stdout and stderr */
   int answers;         /* descriptor 3; -1: none */
   struct guard *guard; /* may be NULL */
};

struct process {
   pid_t id;       /* 0 if there is none */
   int descriptor; /* pidfd: readable once the process has ended */
   struct guard *guard;
   struct descendants descendants; /* including the process itself */
};

/* Returns 0; 1 when it could not be executed, with error "fork/exec PATH: REASON", as Lambda puts it; -1 with error set
 * when the drill ran out of descriptors, processes, memory or disk. */
int process_start(struct process *process, const struct process_plan *plan, struct drill_error *error);

/* Kills the process and its descendants, suspended or not, and waits for their end. Returns the status from waitpid. */
int process_end(struct process *process);

/* True once it has ended; process_end must still be called. */
bool process_has_ended(const struct process *process);

/* The same, but waits until until_us for it. */
bool process_await_end(const struct process *process, int64_t until_us);

/* Status of an ended process, as from waitpid; call it before process_end. */
int process_exit_status(const struct process *process);

/* Sends SIGSTOP to all, and waits until they have stopped. Returns false when some did not within seconds. */
bool process_suspend(struct process *process);
void process_thaw(struct process *process);
