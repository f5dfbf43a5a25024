/*
 * launch: how a bootstrap is to be started here: at /var/task, in a file system of the function's own, or at
 * /var/runtime, when it is the host's. Where none can be had, where it lies; a package that names its own loader below
 * /var/task is then started by that loader's path.
 */
#ifndef FAAS_DRILL_LAUNCH_H
#define FAAS_DRILL_LAUNCH_H

#include "error.h"
#include "process.h"

#include <limits.h>

struct launch {
   const char *folder;
   bool managed;          /* bootstrap is the host's */
   const char *task_root; /* as the function sees it */
   enum isolation isolation;
   char bootstrap[PATH_MAX];
   char loader[PATH_MAX];    /* empty: not needed */
   char libraries[PATH_MAX]; /* for --library-path */
   char *command;            /* for a shell, where the function is started by one; owned */
   char *arguments[5];
};

/* folder is the package's, runtime that of a bootstrap of the host's own (managed_runtime.h), or NULL; both stay the
 * caller's. command, or NULL: for /bin/sh, in folder, instead of a bootstrap. -1 with error set when there is no such
 * bootstrap. launch must not be moved afterwards. Clear it in any case. */
int launch_init(
   struct launch *launch, const char *folder, const char *runtime, const char *command, struct drill_error *error);
void launch_clear(struct launch *launch);

/* When it could not be executed: adds to error why, if bootstrap names an interpreter that is on this machine but not
 * in the function's file system. */
void launch_explain(const struct launch *launch, struct drill_error *error);

#endif
