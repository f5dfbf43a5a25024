/*
 * secret_file: a file that has the function's URI, for one that reads its secret again (--uri-file-variable): shown to
 * it in a folder, as Kubernetes and Cloud Run show secrets, and replaced when the password changes.
 */
#ifndef FAAS_DRILL_SECRET_FILE_H
#define FAAS_DRILL_SECRET_FILE_H

#include "error.h"

/* Zero: there is none. */
struct secret_file {
   char *folder;
   char *path;
};

/* Below parent, a folder of the drill's own; says nothing yet. Clear it in any case; its files stay. */
int secret_file_init(struct secret_file *file, const char *parent, struct drill_error *error);
void secret_file_clear(struct secret_file *file);

/* Replaces what it says by uri with more options, NULL: none. Whoever reads it meanwhile reads one or the other. */
int secret_file_write(const struct secret_file *file, const char *uri, const char *options, struct drill_error *error);

#endif
