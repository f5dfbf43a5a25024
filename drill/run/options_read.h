/*
 * options_read: parses the values of options.
 */
#ifndef FAAS_DRILL_OPTIONS_READ_H
#define FAAS_DRILL_OPTIONS_READ_H

#include "error.h"

#include <stdbool.h>

/* All return false with error set, which names the option. */
bool options_read_number(
   const char *option, const char *text, unsigned least, unsigned most, unsigned *number, struct drill_error *error);
bool options_read_seconds(const char *option, const char *text, double most, unsigned *ms, struct drill_error *error);

/* Replaces *text by copy and takes ownership of it. A copy of NULL means that memory ran out. */
bool options_copy(char **text, char *copy, struct drill_error *error);

#endif
