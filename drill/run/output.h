/*
 * output: the results folder, made before the drill starts so that it is known to be writable.
 */
#pragma once

#include "error.h"
#include "results.h"
#include "timeline.h"

#include <stdio.h>

/* Makes the folder if it is missing, removes what output_write wrote there before, and opens function.log in it.
 * Returns NULL with error set. */
FILE *output_open(const char *folder, struct drill_error *error);

/* Writes drill.json, junit.xml and timeline.html. */
int output_write(const char *folder,
                 const struct drill_results *results,
                 struct timeline *timeline,
                 struct drill_error *error);
