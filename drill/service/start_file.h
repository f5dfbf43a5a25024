/*
 * start_file: the file of a package by which a platform knows how to start it.
 */
#ifndef FAAS_DRILL_START_FILE_H
#define FAAS_DRILL_START_FILE_H

#include "error.h"

#include <stddef.h>

/* All as services_find_command. */

/* "web: COMMAND" of a Procfile. */
int start_file_procfile(const char *folder, char **command, struct drill_error *error);

/* An executable file exec. */
int start_file_exec(const char *folder, char **command, struct drill_error *error);

/* A whole file of at most 1 MiB; *text is the caller's, NULL when there is no such file. -1 with error set. */
int start_file_read(const char *folder, const char *name, char **text, size_t *length, struct drill_error *error);

#endif
