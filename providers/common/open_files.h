/*
 * open_files: whether this process has reached its limit of open files and sockets. What fails for that reason often
 * reports another: libcurl says that it is out of memory.
 */
#ifndef FAAS_PROVIDER_OPEN_FILES_H
#define FAAS_PROVIDER_OPEN_FILES_H

#include "too_few_files.h"

#include <stdbool.h>
#include <stddef.h>

/* Returns true, with an explanation in text, when fewer than the wanted number of files, at most 16, can be opened now.
 * Otherwise text is left unchanged. Thread-safe; preserves errno. */
bool open_files_are_short(unsigned wanted, char *text, size_t size);

#endif
