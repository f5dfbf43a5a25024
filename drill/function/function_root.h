/*
 * function_root: the file system and the user of one execution environment, shared by all processes it starts.
 */
#ifndef FAAS_DRILL_FUNCTION_ROOT_H
#define FAAS_DRILL_FUNCTION_ROOT_H

#include "function_log.h"
#include "guard.h"
#include "isolation.h"
#include "launch.h"
#include "managed_runtime.h"
#include "process.h"
#include "root_plan.h"
#include "variable_list.h"

struct function_root {
   enum isolation isolation;
   struct root_plan plan;
   char *temporary; /* /tmp when the host is not root; removed by the guard. NULL: none */
   struct guard *guard;
   int mounts; /* mount namespace of the first process; -1: none yet */
   uid_t user;
   gid_t group;
};

struct function_root_config {
   const char *task;                      /* the package's folder, absolute */
   const struct managed_runtime *runtime; /* NULL: none */
   const char *const *mounts;             /* ends with NULL; may be NULL */
   const char *resolver;                  /* text of its /etc/resolv.conf; NULL: this machine's */
   const char *shared;                    /* folder that becomes ROOT_SHARED; NULL: none */
   enum isolation isolation;
   struct guard *guard; /* may be NULL */
};

/* Returns 0, or -1 with error set. Clear it in any case. */
int
function_root_init(struct function_root *root, const struct function_root_config *config, struct drill_error *error);
void function_root_clear(struct function_root *root);

/* The caller keeps ownership of all members. */
struct function_parts {
   const struct launch *launch;
   struct function_root *root;
   const struct function_log *log;
   const struct variable_list *variables;
   int input;   /* stdin; -1: none */
   int answers; /* descriptor 3; -1: none */
   struct guard *guard;
};

/* Starts a process according to its launch, in the file system that all processes of the environment share. Returns the
 * same as process_start. */
int function_root_start(struct process *process, const struct function_parts *parts, struct drill_error *error);

#endif
