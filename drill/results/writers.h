/*
 * writers: results for a person (table), a program (JSON, docs/drill.schema.json), Evergreen (JUnit XML) and a browser
 * (one self-contained page with a timeline).
 */
#ifndef FAAS_DRILL_WRITERS_H
#define FAAS_DRILL_WRITERS_H

#include "error.h"
#include "results.h"

#include <stdio.h>

/* Never wider than columns; colour only when asked for. */
void table_print(FILE *out, const struct drill_results *results, bool colour, unsigned columns);

/* Each makes a file whole: written beside path and renamed, so a full disk leaves none that is cut. timeline may be
 * NULL. 0, or -1 with error set. */
int
json_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error);
int junit_write(const char *path, const struct drill_results *results, struct drill_error *error);
int
page_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error);

#endif
