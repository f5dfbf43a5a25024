/*
 * private_root: a mount namespace of a process' own in which a folder is /var/task, as packages expect whose loader is
 * named by its path there. Nothing of it is seen outside.
 */
#ifndef FAAS_DRILL_PRIVATE_ROOT_H
#define FAAS_DRILL_PRIVATE_ROOT_H

#include <stdbool.h>
#include <sys/types.h>

#define PRIVATE_ROOT_TASK "/var/task"

/* Needs no root where the kernel gives user namespaces to everybody. Tried once in a process of its own. */
bool private_root_possible(void);

/* For the process of a function, between fork and exec: async-signal-safe. path is of a folder. 0, or errno. */
int private_root_enter(const char *path, uid_t user, gid_t group);

#endif
