/*
 * too_few_files: says why no more files and sockets can be opened. Lambda's limit is 1,024 (AWS, "Lambda quotas").
 */
#ifndef FAAS_COMMON_TOO_FEW_FILES_H
#define FAAS_COMMON_TOO_FEW_FILES_H

#include <stdbool.h>
#include <stddef.h>

#define TOO_FEW_FILES_TEXT_MAX 96

/* error_number is EMFILE, the limit of this process, or ENFILE, that of the machine. Writes, for example, "too few file
 * descriptors, the limit is 8 (ulimit -n)". Thread-safe. */
void too_few_files_text(int error_number, char *text, size_t size);

/* Returns true, with such a text, when fewer than the wanted number of files, at most 16, can be opened now. Otherwise
 * text is left unchanged. What fails for that reason often reports another: libcurl says that it is out of memory.
 * Thread-safe; preserves errno. */
bool too_few_files_left(unsigned wanted, char *text, size_t size);

#endif
