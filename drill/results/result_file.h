/*
 * result_file: writes a file completely or not at all: beside its path, then renamed. Anything but a regular file
 * (/dev/stdout, a pipe) is written directly.
 */
#pragma once

#include "error.h"

#include <stddef.h>
#include <stdio.h>

struct result_file {
   FILE *out;
   char *path;
   char *temporary; /* NULL: out writes to path itself */
   int code;        /* errno of the first failed write */
};

/* Returns 0, or -1 with error set; then there is nothing to close. */
int result_file_open(struct result_file *file, const char *path, struct drill_error *error);

/* result_file_close reports what failed here. */
void result_file_put(struct result_file *file, const char *bytes, size_t length);
void result_file_text(struct result_file *file, const char *text);
/* code is an errno. */
void result_file_fail(struct result_file *file, int code);

/* Puts the file in its place if everything was written; otherwise removes it. Returns 0, or -1 with error set. */
int result_file_close(struct result_file *file, struct drill_error *error);
