/*
 * root_plan: the file system that a function sees, as steps that are planned before fork and carried out after it.
 *
 * Lambda (AWS, "Lambda execution environment" and "Lambda quotas") shows a function its package at /var/task, and lets
 * it write only to /tmp: 512 MB, kept between invocations and gone with the environment. All else is read-only; there
 * is no /dev/shm. Here the programs and libraries are this machine's own: /usr, /etc and what belongs to them.
 * Everything else of the machine is hidden: homes, /var, /run, /.dockerenv.
 */
#pragma once

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ROOT_TASK "/var/task"
#define ROOT_RUNTIME "/var/runtime"
#define ROOT_SHARED "/tmp/iofs" /* fnproject/fn, api/agent/iofs: holds the socket between Fn and a function */
/* Where the machine's own file system is during the steps. */
#define ROOT_OLD "/.machine"

enum root_step_kind {
   ROOT_FOLDER,    /* make target */
   ROOT_FILE,      /* make target, an empty file for a bind to cover */
   ROOT_LINK,      /* make target a symbolic link to source */
   ROOT_BIND,      /* show source at target */
   ROOT_BIND_OPEN, /* the same, but writable, or a device */
   ROOT_MERGE,     /* show folder source at target, with mode 0755 instead of its own */
   ROOT_TMPFS,     /* source holds the options */
   ROOT_PROC,
   ROOT_REPLACE /* show a file with the text source at target, if target exists */
};

struct root_step {
   enum root_step_kind kind;
   char *source;
   char *target;
};

struct root_plan {
   struct root_step *steps;
   size_t count;
   bool failed; /* out of memory */
};

struct root_wish {
   const char *task;          /* the package's folder, absolute */
   const char *const *mounts; /* further absolute paths to show as they are, read-only; ends with NULL; may be NULL */
   const char *runtime;       /* folder that becomes /var/runtime; NULL: an empty one */
   const char *const *runtime_mounts; /* like mounts: what the runtime needs */
   const char *resolver;              /* text of its /etc/resolv.conf; NULL: this machine's */
   const char *shared;                /* folder that becomes ROOT_SHARED, writable to the function; NULL: none */
   const char *temporary;             /* folder that becomes /tmp; NULL: its own tmpfs */
   uid_t user;                        /* whom the function runs as */
   gid_t group;
   bool hide_processes; /* hides others' processes in /proc; needs a user of the function's own */
};

/* Returns 0, or -1 with error set: out of memory, or a mount that does not exist. Clear it in any case. */
int root_plan_init(struct root_plan *plan, const struct root_wish *wish, struct drill_error *error);
void root_plan_clear(struct root_plan *plan);
