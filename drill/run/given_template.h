/*
 * given_template: what a SAM template says of its function stands for what the command line left out.
 */
#ifndef FAAS_DRILL_GIVEN_TEMPLATE_H
#define FAAS_DRILL_GIVEN_TEMPLATE_H

#include "options.h"

#include <stdio.h>

/* When options->package is a template, or a folder with one: its function's code, handler, limits and variables are put
 * into options, whose own ones stay. The variable of the URI is the drill's. False with error set. */
bool given_template_apply(struct options *options, struct drill_error *error);

/* One line on what was taken, and one on the variables whose value the template does not tell. Nothing without one. */
void given_template_tell(const struct options *options, const char *self, FILE *file);

#endif
