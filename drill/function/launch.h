/*
 * launch: how to start a bootstrap here: at /var/task in a file system of the function's own, or at /var/runtime if it
 * is the host's. Without such a file system it is started in its own folder, and a package that names its own loader
 * below /var/task is started by that loader's path.
 */
#pragma once

#include "error.h"
#include "process.h"

#include <limits.h>
#include <stdio.h>

struct launch {
   const char *folder;
   bool managed;          /* the bootstrap is the host's */
   const char *task_root; /* as the function sees it */
   enum isolation isolation;
   char bootstrap[PATH_MAX];
   char loader[PATH_MAX];    /* empty if not needed */
   char libraries[PATH_MAX]; /* for --library-path */
   char *command;            /* if the function is started by a shell command; owned */
   char *arguments[5];
};

/* folder is the package's; runtime is the folder of the host's own bootstrap (managed_runtime.h), or NULL; the caller
 * owns both. command (NULL for none) runs by /bin/sh, in folder, instead of a bootstrap. Returns -1 with error set when
 * there is no such bootstrap. launch must not be moved afterwards. Clear it in any case. */
int launch_init(
   struct launch *launch, const char *folder, const char *runtime, const char *command, struct drill_error *error);
void launch_clear(struct launch *launch);

/* For a bootstrap that could not be executed: explains in error if it names an interpreter that is on this machine, but
 * not in the function's file system. */
void launch_explain(const struct launch *launch, struct drill_error *error);

/* Writes a word for /bin/sh, in single quotes. */
void launch_quote(FILE *file, const char *word);
