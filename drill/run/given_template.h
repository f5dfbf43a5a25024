/*
 * given_template: fills in what the command line left out from the function's SAM template.
 */
#pragma once

#include "drill_options.h"
#include "error.h"

#include <stdio.h>

/* If options->package is a template, or a folder with one, takes the function's code, handler, limits and variables
 * from it. Options that are already set stay, and the drill itself sets the variable of the URI. Returns false with
 * error set. */
bool given_template_apply(struct options *options, struct drill_error *error);

/* Prints one line on what was taken, and one on the variables whose values the template does not give. Prints nothing
 * if there is no template. */
void given_template_tell(const struct options *options, const char *self, FILE *file);
