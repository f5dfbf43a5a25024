/*
 * result_file: a file that is there whole or not at all: written beside its path and renamed. What is no regular file
 * (/dev/stdout, a pipe) is written to directly.
 */
#ifndef FAAS_DRILL_RESULT_FILE_H
#define FAAS_DRILL_RESULT_FILE_H

#include "error.h"

#include <stddef.h>
#include <stdio.h>

struct result_file {
   FILE *out;
   char *path;
   char *temporary; /* NULL: out writes to path */
   int code;        /* errno of the first write that failed */
};

/* 0, or -1 with error set and nothing to close. */
int result_file_open(struct result_file *file, const char *path, struct drill_error *error);

/* What fails is told by result_file_close. */
void result_file_put(struct result_file *file, const char *bytes, size_t length);
void result_file_text(struct result_file *file, const char *text);
/* code is of errno. */
void result_file_fail(struct result_file *file, int code);

/* The file takes its place when all was written; else nothing is left of it. 0, or -1 with error set. */
int result_file_close(struct result_file *file, struct drill_error *error);

#endif
