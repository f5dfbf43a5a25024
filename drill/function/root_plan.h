/*
 * root_plan: the file system that a function sees, as steps which are made before fork and taken after it.
 *
 * Lambda (AWS, "Lambda execution environment" and "Lambda quotas") shows a function its package at /var/task and lets
 * it write to /tmp alone, 512 MB of it, which is kept between invocations and gone with the environment. All else is
 * read-only; there is no /dev/shm. Here the programs and libraries are this machine's own: /usr, /etc and what belongs
 * to them. Everything else of the machine is left out: homes, /var, /run, /.dockerenv.
 */
#ifndef FAAS_DRILL_ROOT_PLAN_H
#define FAAS_DRILL_ROOT_PLAN_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ROOT_TASK "/var/task"
#define ROOT_RUNTIME "/var/runtime"
#define ROOT_SHARED "/tmp/iofs" /* fnproject/fn, api/agent/iofs: where Fn and a function have their socket */
/* Where the machine's own file system is while the steps are taken. */
#define ROOT_OLD "/.machine"

enum root_step_kind {
   ROOT_FOLDER,    /* make target */
   ROOT_FILE,      /* make target, empty, for a bind to cover */
   ROOT_LINK,      /* make target a symbolic link to source */
   ROOT_BIND,      /* show source at target */
   ROOT_BIND_OPEN, /* the same, writable or a device */
   ROOT_MERGE,     /* show folder source at target, its own mode replaced by 0755 */
   ROOT_TMPFS,     /* source has the options */
   ROOT_PROC,
   ROOT_REPLACE /* show a file with the text source at target, where there is one */
};

struct root_step {
   enum root_step_kind kind;
   char *source;
   char *target;
};

struct root_plan {
   struct root_step *steps;
   size_t count;
   size_t room;
   bool failed; /* out of memory */
};

struct root_wish {
   const char *task;          /* folder of the package, absolute */
   const char *const *mounts; /* further absolute paths to show, read-only, as they are; NULL at the end, or NULL */
   const char *runtime;       /* folder that becomes /var/runtime; NULL: an empty one */
   const char *const *runtime_mounts; /* as mounts: what that needs */
   const char *resolver;              /* text of its /etc/resolv.conf; NULL: this machine's */
   const char *shared;                /* folder that becomes ROOT_SHARED, which the function may write to; NULL: none */
   const char *temporary;             /* folder that becomes /tmp; NULL: a tmpfs of its own */
   uid_t user;                        /* as whom the function runs */
   gid_t group;
   bool hide_processes; /* of others in /proc; needs a process identity of the function's own */
};

/* Returns 0, or -1 with error set: out of memory, or a mount that does not exist. Clear it in any case. */
int root_plan_init(struct root_plan *plan, const struct root_wish *wish, struct drill_error *error);
void root_plan_clear(struct root_plan *plan);

#endif
