/*
 * unzip: unpacks a zip file into a temporary folder, so that no entry can reach outside it.
 */
#pragma once

#include "error.h"
#include "guard.h"

/* Returns the folder, which guard removes (it may be NULL); the caller frees the path. Returns NULL with error set: no
 * zip file, cut off, more than max bytes, or a path or link that leads out of it. */
char *unzip_to_temporary(const char *path, long long max, struct guard *guard, struct drill_error *error);
