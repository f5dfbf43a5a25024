/*
 * one_deeper: a package of a folder, in place of what is in it, has all its files one level too deep.
 */
#ifndef FAAS_DRILL_ONE_DEEPER_H
#define FAAS_DRILL_ONE_DEEPER_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a folder in package has that file; name is then the folder's. */
bool one_deeper_find(const char *package, const char *file, char *name, size_t size);

#endif
