/*
 * uri_options: a connection string with more options than it has.
 */
#ifndef FAAS_DRILL_URI_OPTIONS_H
#define FAAS_DRILL_URI_OPTIONS_H

/* uri with those of given and then of more behind its own; both may be NULL. A new string; NULL when out of memory. */
char *uri_with_options(const char *uri, const char *given, const char *more);

#endif
