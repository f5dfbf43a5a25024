/*
 * guard: a process of its own that ends what a drill has started and removes what it has made, when the drill itself is
 * gone, also by SIGKILL. A function must not be left suspended, nor a server running.
 */
#ifndef FAAS_DRILL_GUARD_H
#define FAAS_DRILL_GUARD_H

#include "error.h"

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct guard;

/* Forks: to be called before any thread is started. NULL with error set when that fails. */
struct guard *guard_new(struct drill_error *error);

/* Everything still guarded is ended and removed now, as when the drill dies; waits for it. Takes NULL. */
void guard_destroy(struct guard *guard);

/* Process group to SIGKILL (suspended or not), and to forget. guard may be NULL. Any thread. */
void guard_add_group(struct guard *guard, pid_t group);
void guard_remove_group(struct guard *guard, pid_t group);

/* The same for all processes with that mark (descendants.h). */
void guard_add_descendants(struct guard *guard, rlim_t mark);
void guard_remove_descendants(struct guard *guard, rlim_t mark);

/* Folder to remove with all that is in it. It has to be absolute and made by this drill. */
void guard_add_folder(struct guard *guard, const char *path);
/* Removes it now, with all that is in it. */
void guard_remove_folder(struct guard *guard, const char *path);

#endif
