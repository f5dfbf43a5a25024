/*
 * options_read: values of options, as the user wrote them.
 */
#ifndef FAAS_DRILL_OPTIONS_READ_H
#define FAAS_DRILL_OPTIONS_READ_H

#include "error.h"

#include <stdbool.h>

/* All: false with error set, which names the option. */
bool options_read_number(
   const char *option, const char *text, unsigned least, unsigned most, unsigned *number, struct drill_error *error);
bool options_read_seconds(const char *option, const char *text, double most, unsigned *ms, struct drill_error *error);

/* Puts copy, which it takes over, in the place of the text before. A copy of NULL means that memory ran out. */
bool options_copy(char **text, char *copy, struct drill_error *error);

#endif
