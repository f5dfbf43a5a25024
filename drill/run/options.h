/*
 * options: the command line of faas-drill.
 */
#pragma once

#include "drill_options.h"
#include "error.h"

#include <stdio.h>

#define OPTIONS_OVERLOAD_RATE_DEFAULT 5
#define CONNECTION_LIMIT_DEFAULT "M10"
#define OPTIONS_OUTPUT_DEFAULT "faas-drill-results"

void options_help_print(void);

/* Parses the command line, and reads a SAM template if the package is or has one. Results point into argv, except the
 * URI, its options and the variables: they may hold passwords, so they are copied and overwritten in argv. Returns
 * false with error set. */
bool options_init(struct options *options, int argc, char **argv, struct drill_error *error);
void options_clear(struct options *options);

/* For options.c, in options_check.c: */

/* Fills in what was left out, from a template, the environment and the platform. Returns false with error set. */
bool options_check(struct options *options, struct drill_error *error);

/* Both return false with error set. */
bool options_platform_set(struct options *options, const char *name, struct drill_error *error);
bool options_platform_request(struct options *options, const char *line, struct drill_error *error);

/* The function's SAM template, in given_template.c: */

/* If options->package is a template, or a folder with one, takes the function's code, handler, limits and variables
 * from it. Options that are already set stay, and the drill itself sets the variable of the URI. Returns false with
 * error set. */
bool given_template_apply(struct options *options, struct drill_error *error);

/* Prints one line on what was taken, and one on the variables whose values the template does not give. Prints nothing
 * if there is no template. */
void given_template_tell(const struct options *options, const char *self, FILE *file);
