/*
 * elf_check: whether a file is a whole shared object for this machine. dlopen says little about one that is not, and a
 * truncated one kills the process that maps it (SIGBUS).
 */
#ifndef FAAS_CORE_ELF_CHECK_H
#define FAAS_CORE_ELF_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* False with what was found instead, "a directory", in found. */
bool elf_check(const char *path, char *found, size_t size);

#endif
