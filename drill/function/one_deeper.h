/*
 * one_deeper: detects a package made from a folder instead of its contents, so that all files are one level too deep.
 */
#ifndef FAAS_DRILL_ONE_DEEPER_H
#define FAAS_DRILL_ONE_DEEPER_H

#include <stdbool.h>
#include <stddef.h>

/* True if a folder in package has that file; name is then set to that folder. */
bool one_deeper_find(const char *package, const char *file, char *name, size_t size);

#endif
