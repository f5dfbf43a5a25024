/*
 * elf_check: whether a file is a complete shared object for this machine. dlopen explains little when a file is not
 * one, and mapping a truncated file kills the process (SIGBUS).
 */
#ifndef FAAS_CORE_ELF_CHECK_H
#define FAAS_CORE_ELF_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* Returns false if not, with what was found instead in found: "a directory". */
bool elf_check(const char *path, char *found, size_t size);

#endif
