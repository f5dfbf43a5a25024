/*
 * unzip: a zip file into a temporary folder, from which nothing can reach out.
 */
#ifndef FAAS_DRILL_UNZIP_H
#define FAAS_DRILL_UNZIP_H

#include "error.h"
#include "guard.h"

/* The folder, to be freed; guard, which may be NULL, knows it before it is made. NULL with error set: no zip file, cut
 * off, more than max bytes, or a path or link that leads out of it. */
char *unzip_to_temporary(const char *path, long long max, struct guard *guard, struct drill_error *error);

#endif
