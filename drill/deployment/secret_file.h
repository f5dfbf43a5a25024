/*
 * secret_file: a file with the function's URI, for functions that read their secret again (--uri-file-variable). The
 * function sees it in a folder, as Kubernetes and Cloud Run mount secrets; it is replaced when the password changes.
 */
#pragma once

#include "error.h"

/* Zeroed if there is none. */
struct secret_file {
   char *folder;
   char *path;
};

/* Makes the folder below parent, a folder of the drill's own; the first write makes the file. Clear it in any case;
 * clearing leaves folder and file in place. */
int secret_file_init(struct secret_file *file, const char *parent, struct drill_error *error);
void secret_file_clear(struct secret_file *file);

/* Replaces the content by uri with more options (NULL for none). A reader sees either the old or the new content. */
int secret_file_write(const struct secret_file *file, const char *uri, const char *options, struct drill_error *error);
