/*
 * open_files: whether this process may open no more files or sockets. What fails for that reason often names another
 * one: libcurl has no memory, and the driver only says that it failed.
 */
#ifndef FAAS_COMMON_OPEN_FILES_H
#define FAAS_COMMON_OPEN_FILES_H

#include <stdbool.h>
#include <stddef.h>

#define OPEN_FILES_TEXT_MAX 96

/* True with words when not as many files as wanted, at most 16, can be opened now: "too few file descriptors, the limit
 * is 8 (ulimit -n)". Lambda's limit is 1,024 (AWS, "Lambda quotas"). text stays as it is otherwise. Any thread; errno
 * is kept. */
bool open_files_are_short(unsigned wanted, char *text, size_t size);

#endif
