/*
 * uri_options: adds options to a connection string.
 */
#ifndef FAAS_DRILL_URI_OPTIONS_H
#define FAAS_DRILL_URI_OPTIONS_H

/* Returns a new string: uri with the options of given, then of more, after its own; either may be NULL. Returns NULL
 * when out of memory. */
char *uri_with_options(const char *uri, const char *given, const char *more);

#endif
