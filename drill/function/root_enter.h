/*
 * root_enter: puts a new process into a root_plan's file system, and makes it another user, between fork and exec.
 * Async-signal-safe. Nothing outside the process sees the change.
 */
#pragma once

#include "root_plan.h"

/* Needs CAP_SYS_ADMIN, which root has: it mounts in a namespace of the calling process. Returns 0 or errno. */
int root_enter_as_root(const struct root_plan *plan);

/* Flags of clone(2) for a process that calls root_enter_as_user: the namespaces in which any user may mount, if the
 * kernel lets users create them. The process is number 1 of its own namespace: there is no other way to mount /proc. */
#define ROOT_ENTER_CLONE (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC)

/* own_user and own_group are the caller's ids outside; inside they become user and group. Returns 0 or errno. */
int root_enter_as_user(const struct root_plan *plan, uid_t own_user, gid_t own_group, uid_t user, gid_t group);

/* Enters the mounts of an earlier process again, from its /proc/ID/ns/mnt. Needs root. Returns 0 or errno. */
int root_enter_again(int mount_namespace);

/* Gives up root for good. Needs root. Returns 0 or errno. */
int root_become_user(uid_t user, gid_t group);
