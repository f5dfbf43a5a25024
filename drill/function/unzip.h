/*
 * unzip: unpacks a zip file into a temporary folder, so that no entry can reach outside it.
 */
#pragma once

#include "error.h"
#include "guard.h"

/* Returns the folder, which the caller frees. guard, which may be NULL, learns of it before it is made. Returns NULL
 * with error set: no zip file, cut off, more than max bytes, or a path or link that leads out of it. */
char *unzip_to_temporary(const char *path, long long max, struct guard *guard, struct drill_error *error);
