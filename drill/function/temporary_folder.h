/*
 * temporary_folder: a folder in TMPDIR, or else /tmp, that the guard removes, whatever becomes of the host.
 */
#ifndef FAAS_DRILL_TEMPORARY_FOLDER_H
#define FAAS_DRILL_TEMPORARY_FOLDER_H

#include "error.h"
#include "guard.h"

/* Its path begins with name; use is for messages; guard may be NULL. For its owner alone. NULL with error set. */
char *temporary_folder_new(const char *name, const char *use, struct guard *guard, struct drill_error *error);

/* Now, with all that is in it, and frees the path. Takes NULL. */
void temporary_folder_remove(char *folder, struct guard *guard);

#endif
