/*
 * open_files: whether this process has reached its limit of open files and sockets. What fails for that reason often
 * reports another: libcurl says that it is out of memory, and the driver only that it failed.
 */
#ifndef FAAS_COMMON_OPEN_FILES_H
#define FAAS_COMMON_OPEN_FILES_H

#include <stdbool.h>
#include <stddef.h>

#define OPEN_FILES_TEXT_MAX 96

/* Returns true, with an explanation in text, when fewer than the wanted number of files, at most 16, can be opened now:
 * "too few file descriptors, the limit is 8 (ulimit -n)". Otherwise text is left unchanged. Lambda's limit is 1,024
 * (AWS, "Lambda quotas"). Thread-safe; preserves errno. */
bool open_files_are_short(unsigned wanted, char *text, size_t size);

#endif
