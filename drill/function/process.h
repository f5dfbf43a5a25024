/*
 * process: the process of a function, leader of a group of its own: started, suspended, thawed, ended, and what it
 * used, each with all that descend from it.
 */
#ifndef FAAS_DRILL_PROCESS_H
#define FAAS_DRILL_PROCESS_H

#include "descendants.h"
#include "error.h"
#include "guard.h"
#include "isolation.h"
#include "root_plan.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_plan {
   char *const *arguments; /* the first is the program */
   char *const *variables;
   const char *folder; /* to start in; in a root of its own that is ROOT_TASK */
   enum isolation isolation;
   const struct root_plan *root; /* not for ISOLATION_NONE */
   int mounts;                   /* namespace of an earlier process to be in instead; -1: none */
   uid_t user;                   /* of the function */
   gid_t group;
   int input;           /* stdin; -1: none */
   int output;          /* stdout and stderr */
   int answers;         /* descriptor 3; -1: none */
   struct guard *guard; /* may be NULL */
};

struct process {
   pid_t id;       /* 0 when there is none */
   int descriptor; /* pidfd: readable once it has ended */
   struct guard *guard;
   struct descendants descendants; /* itself, too */
};

/* 0; 1 when it could not be executed, then error is "fork/exec PATH: REASON", as Lambda puts it; -1 with error set when
 * the drill ran out of descriptors, processes, memory or disk for it. */
int process_start(struct process *process, const struct process_plan *plan, struct drill_error *error);

/* Kills it and its descendants, suspended or not, and waits for their end. The status as waitpid has it. */
int process_end(struct process *process);

/* True once it has ended; it is still to be given to process_end. */
bool process_has_ended(const struct process *process);

/* The same by until_us at the latest. */
bool process_await_end(const struct process *process, int64_t until_us);

/* How it ended, as waitpid has it, while it still is to be given to process_end. */
int process_exit_status(const struct process *process);

/* SIGSTOP to all, and waits until they stand still. False when some did not within seconds. */
bool process_suspend(struct process *process);
void process_thaw(struct process *process);

#endif
