/*
 * temporary_folder: a folder in TMPDIR, or else /tmp, that the guard removes, however the host ends.
 */
#pragma once

#include "error.h"
#include "guard.h"

/* Makes the folder, for its owner only. Its path is absolute and has no links; its name begins with name; use is for
 * messages; guard may be NULL. Returns NULL with error set. */
char *temporary_folder_new(const char *name, const char *use, struct guard *guard, struct drill_error *error);

/* Removes the folder with its contents now, and frees the path. Allows NULL. */
void temporary_folder_remove(char *folder, struct guard *guard);
