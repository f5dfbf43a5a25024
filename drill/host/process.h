/*
 * process: the process of a function, leader of a group of its own: started, suspended, thawed, ended, and what it
 * used.
 */
#ifndef FAAS_DRILL_PROCESS_H
#define FAAS_DRILL_PROCESS_H

#include "error.h"
#include "guard.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_plan {
   char *const *arguments; /* the first is the program */
   char *const *variables;
   const char *folder;  /* to start in */
   bool private_root;   /* with folder as /var/task */
   int output;          /* stdout and stderr */
   struct guard *guard; /* may be NULL */
};

struct process {
   pid_t id;       /* 0 when there is none */
   int descriptor; /* pidfd: readable once it has ended */
   struct guard *guard;
   pid_t *members; /* of its group, as last looked for */
   unsigned member_count;
   int64_t looked_us;
};

/* 0, or -1 with error set: it could not be executed; then error is "fork/exec PATH: REASON", as Lambda puts it. */
int process_start(struct process *process, const struct process_plan *plan, struct drill_error *error);

/* Kills the whole group, suspended or not, and waits for its end. The status as waitpid has it. */
int process_end(struct process *process);

/* True once it has ended; it is still to be given to process_end. */
bool process_has_ended(const struct process *process);

/* SIGSTOP to the group, and waits until all of it stands still. False when that took more than a second. */
bool process_suspend(struct process *process);
void process_thaw(struct process *process);

/* CPU time of all threads of the group, also of those that have ended. */
int64_t process_cpu_ns(struct process *process);

/* Resident memory of the group. */
uint64_t process_resident_bytes(struct process *process);

#endif
