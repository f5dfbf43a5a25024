/*
 * exports: the symbols that a shared object exports.
 */
#ifndef FAAS_CHECK_EXPORTS_H
#define FAAS_CHECK_EXPORTS_H

#include <stdbool.h>
#include <stddef.h>

/* Writes to others the names of up to three exported symbols besides expected, and how many more there are; empty:
 * none. The linker's and the compiler's own (__…, _init) do not count. Returns false when the file has no readable
 * symbol table. */
bool exports_find_others(const char *path, const char *expected, char *others, size_t size);

#endif
