/*
 * options: the command line of faas-drill.
 */
#pragma once

#include "drill_options.h"
#include "error.h"

#define OPTIONS_OVERLOAD_RATE_DEFAULT 5
#define CONNECTION_LIMIT_DEFAULT "M10"
#define OPTIONS_OUTPUT_DEFAULT "faas-drill-results"

void options_help_print(void);

/* Parses the command line, and reads a SAM template if the package is or has one. Results point into argv, except the
 * URI, its options and the variables: they may hold passwords, so they are copied and overwritten in argv. Returns
 * false with error set. */
bool options_init(struct options *options, int argc, char **argv, struct drill_error *error);
void options_clear(struct options *options);
