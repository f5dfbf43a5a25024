/*
 * options_phases: which phases run, from --phases and --all.
 */
#ifndef FAAS_DRILL_OPTIONS_PHASES_H
#define FAAS_DRILL_OPTIONS_PHASES_H

#include "drill_options.h"
#include "error.h"

/* Parses a list such as "cold,frozen*100". Returns false with error set. */
bool options_phases_read(struct options *options, const char *list, struct drill_error *error);

/* Chooses all phases of the platform, which must be known by then. */
void options_phases_all(struct options *options);

#endif
