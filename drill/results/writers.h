/*
 * writers: write results for people (table), programs (JSON, docs/drill.schema.json), Evergreen (JUnit XML) and
 * browsers (one self-contained page with a timeline).
 */
#pragma once

#include "error.h"
#include "results.h"

#include <stdio.h>

/* Never wider than columns; uses colour only if asked to. */
void table_print(FILE *out, const struct drill_results *results, bool colour, unsigned columns);

/* Each writes a file completely: beside path, then renamed, so a full disk leaves no cut-off file. timeline may be
 * NULL. Returns 0, or -1 with error set. */
int
json_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error);
int junit_write(const char *path, const struct drill_results *results, struct drill_error *error);
int
page_write(const char *path, const struct drill_results *results, struct timeline *timeline, struct drill_error *error);
