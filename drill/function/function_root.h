/*
 * function_root: how one execution environment starts its processes, and what they share: file system, user and log.
 */
#pragma once

#include "function.h"
#include "function_log.h"
#include "launch.h"
#include "variable_list.h"

struct function_root {
   struct launch launch;
   struct function_log *log;
   struct root_plan plan;
   char *temporary; /* /tmp when the host is not root; removed by the guard. NULL: none */
   struct guard *guard;
   int mounts; /* mount namespace of the first process; -1: none yet */
   uid_t user;
   gid_t group;
};

/* shared: folder that becomes ROOT_SHARED; NULL: none. Returns 0, or -1 with error set. Clear it in any case. */
int function_root_init(struct function_root *root,
                       const struct function_config *config,
                       const char *shared,
                       struct drill_error *error);
void function_root_clear(struct function_root *root);

/* input becomes stdin, and answers descriptor 3; -1: none. The caller keeps ownership of all. Returns the same as
 * process_start. */
int function_root_start(struct function_root *root,
                        struct process *process,
                        const struct variable_list *variables,
                        int input,
                        int answers,
                        struct drill_error *error);
