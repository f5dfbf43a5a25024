/*
 * function_process: starts a function's process according to its launch, in its file system, with its log.
 */
#ifndef FAAS_DRILL_FUNCTION_PROCESS_H
#define FAAS_DRILL_FUNCTION_PROCESS_H

#include "function_log.h"
#include "function_root.h"
#include "launch.h"
#include "process.h"
#include "variable_list.h"

/* The caller keeps ownership of all members. */
struct function_parts {
   const struct launch *launch;
   struct function_root *root; /* keeps the process's mounts for the next process */
   const struct function_log *log;
   const struct variable_list *variables;
   int input;   /* stdin; -1: none */
   int answers; /* descriptor 3; -1: none */
   struct guard *guard;
};

/* Like process_start: returns 0; 1 when the program can't be executed, -1 when the host can't go on, both with error
 * set. */
int function_process_start(struct process *process, const struct function_parts *parts, struct drill_error *error);

#endif
