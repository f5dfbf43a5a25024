/*
 * start_file: reads the file of a package that tells a platform how to start it.
 */
#pragma once

#include "error.h"

#include <stddef.h>

/* Reads a whole file of at most 1 MiB. The caller owns *text, which is NULL when there is no such file. Returns -1 with
 * error set. */
int start_file_read(const char *folder, const char *name, char **text, size_t *length, struct drill_error *error);
