/*
 * guard: a watchdog process that ends what a drill has started, and removes what it has made, once the drill is gone,
 * even by SIGKILL. Otherwise functions would stay suspended and servers would keep running.
 */
#pragma once

#include "error.h"

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct guard;

/* Forks, so call it before any thread is started. Returns NULL with error set on failure. */
struct guard *guard_new(struct drill_error *error);

/* Ends and removes everything still guarded, as when the drill dies, and waits for it. Allows NULL. */
void guard_destroy(struct guard *guard);

/* Adds a process group to SIGKILL (suspended or not), or forgets it. guard may be NULL. Thread-safe, and
 * async-signal-safe: a child calls the first one between fork and exec. */
void guard_add_group(struct guard *guard, pid_t group);
void guard_remove_group(struct guard *guard, pid_t group);

/* The same for all processes with that mark (descendants.h). */
void guard_add_descendants(struct guard *guard, rlim_t mark);
void guard_remove_descendants(struct guard *guard, rlim_t mark);

/* Adds a folder to remove with its contents. It must be absolute and made by this drill. */
void guard_add_folder(struct guard *guard, const char *path);
/* Removes the folder with its contents now. */
void guard_remove_folder(struct guard *guard, const char *path);

/* Makes a folder in TMPDIR, or else /tmp, that the guard removes, however the drill ends. It is for its owner only. Its
 * path is absolute and has no links; its name begins with name; use is for messages; guard may be NULL. Returns NULL
 * with error set. */
char *temporary_folder_new(const char *name, const char *use, struct guard *guard, struct drill_error *error);

/* Removes the folder with its contents now, and frees the path. Allows NULL. */
void temporary_folder_remove(char *folder, struct guard *guard);
