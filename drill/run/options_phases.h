/*
 * options_phases: which phases are held, by --phases and --all.
 */
#ifndef FAAS_DRILL_OPTIONS_PHASES_H
#define FAAS_DRILL_OPTIONS_PHASES_H

#include "options.h"

/* "cold,frozen*100". False with error set. */
bool options_phases_read(struct options *options, const char *list, struct drill_error *error);

/* All that the platform has, which is to be known. */
void options_phases_all(struct options *options);

#endif
