/*
 * root_enter: what a new process does between fork and exec to see a root_plan's file system, and to be another user.
 * Async-signal-safe. Nothing of it is seen outside.
 */
#ifndef FAAS_DRILL_ROOT_ENTER_H
#define FAAS_DRILL_ROOT_ENTER_H

#include "root_plan.h"

/* Needs CAP_SYS_ADMIN, as root has it: mounts are made in a namespace of the calling process. Returns 0 or errno. */
int root_enter_as_root(const struct root_plan *plan);

/* The flags of clone(2) for a process that calls root_enter_as_user: the namespaces in which anybody may mount, where
 * the kernel lets anybody have them. The process is number 1 of its own: /proc can be had in no other way. */
#define ROOT_ENTER_CLONE (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC)

/* own_user and own_group are the caller's outside; inside it is user and group. Returns 0 or errno. */
int root_enter_as_user(const struct root_plan *plan, uid_t own_user, gid_t own_group, uid_t user, gid_t group);

/* Back into the mounts of an earlier process, by its /proc/ID/ns/mnt. As root. Returns 0 or errno. */
int root_enter_again(int mount_namespace);

/* As root: gives up root for good. Returns 0 or errno. */
int root_become_user(uid_t user, gid_t group);

#endif
