/*
 * exports: the symbols a shared object offers to others.
 */
#ifndef FAAS_CHECK_EXPORTS_H
#define FAAS_CHECK_EXPORTS_H

#include <stdbool.h>
#include <stddef.h>

/* Names up to three exported symbols beside expected, and how many more there are, in others; empty: none. The linker's
 * and the compiler's own (__…, _init) don't count. False when the file has no table of them that can be read. */
bool exports_find_others(const char *path, const char *expected, char *others, size_t size);

#endif
