/*
 * options_check: --platform, and checks of options that depend on each other, once the whole command line is read.
 */
#ifndef FAAS_DRILL_OPTIONS_CHECK_H
#define FAAS_DRILL_OPTIONS_CHECK_H

#include "drill_options.h"
#include "error.h"

/* Fills in what was left out, from a template, the environment and the platform. Returns false with error set. */
bool options_check(struct options *options, struct drill_error *error);

/* Both return false with error set. */
bool options_platform_set(struct options *options, const char *name, struct drill_error *error);
bool options_platform_request(struct options *options, const char *line, struct drill_error *error);

#endif
