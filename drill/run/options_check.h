/*
 * options_check: --platform, and checks of options that depend on each other, once the whole command line is read.
 */
#pragma once

#include "drill_options.h"
#include "error.h"

/* Fills in what was left out, from a template, the environment and the platform. Returns false with error set. */
bool options_check(struct options *options, struct drill_error *error);

/* Both return false with error set. */
bool options_platform_set(struct options *options, const char *name, struct drill_error *error);
bool options_platform_request(struct options *options, const char *line, struct drill_error *error);
