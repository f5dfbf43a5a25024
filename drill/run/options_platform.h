/*
 * options_platform: --platform, and what else of the command line depends on it.
 */
#ifndef FAAS_DRILL_OPTIONS_PLATFORM_H
#define FAAS_DRILL_OPTIONS_PLATFORM_H

#include "options.h"

/* All: false with error set. */
bool options_platform_set(struct options *options, const char *name, struct drill_error *error);
bool options_platform_request(struct options *options, const char *line, struct drill_error *error);

/* Once everything is read: what does not go together is refused, and what was left out is the platform's. */
bool options_platform_check(struct options *options, struct drill_error *error);

#endif
