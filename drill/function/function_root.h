/*
 * function_root: the file system and the user of one execution environment, shared by all processes it starts.
 */
#ifndef FAAS_DRILL_FUNCTION_ROOT_H
#define FAAS_DRILL_FUNCTION_ROOT_H

#include "guard.h"
#include "isolation.h"
#include "managed_runtime.h"
#include "root_plan.h"

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

/* Keeps the mounts of a process that was started with this root, so that the next process finds the same /tmp: Lambda
 * does not clear it when it restarts a function's process (AWS, "Lambda execution environment", Failures during the
 * invoke phase). */
void function_root_keep(struct function_root *root, pid_t process);

#endif
