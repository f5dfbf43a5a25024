/*
 * options_platform: --platform, and the options that depend on it.
 */
#ifndef FAAS_DRILL_OPTIONS_PLATFORM_H
#define FAAS_DRILL_OPTIONS_PLATFORM_H

#include "drill_options.h"
#include "error.h"

/* Both return false with error set. */
bool options_platform_set(struct options *options, const char *name, struct drill_error *error);
bool options_platform_request(struct options *options, const char *line, struct drill_error *error);

/* Call it once everything is read: refuses options that do not go together, and fills in the platform's defaults.
 * Returns false with error set. */
bool options_platform_check(struct options *options, struct drill_error *error);

#endif
