/*
 * output: where results go: a folder for files, made before the drill so that it is known to be writable.
 */
#ifndef FAAS_DRILL_OUTPUT_H
#define FAAS_DRILL_OUTPUT_H

#include "error.h"
#include "results.h"
#include "timeline.h"

#include <stdio.h>

/* Makes the folder when it is missing, removes what output_write once wrote there, and opens function.log in it. NULL
 * with error set. */
FILE *output_open(const char *folder, struct drill_error *error);

/* drill.json, junit.xml and timeline.html. */
int output_write(const char *folder,
                 const struct drill_results *results,
                 struct timeline *timeline,
                 struct drill_error *error);

#endif
