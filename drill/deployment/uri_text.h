/*
 * uri_text: a connection string with more options, or without what is secret in it.
 */
#pragma once

/* Returns a new string: uri with the options of given, then of more, after its own; either may be NULL. Returns NULL
 * when out of memory. */
char *uri_with_options(const char *uri, const char *given, const char *more);

/* Returns scheme://hosts of a connection string, without credentials or options, which may hold secrets. Passwords with
 * an unescaped : / ? or @ are invalid, but happen: if it is not plain where the hosts are, none are shown. Returns NULL
 * when out of memory. */
char *uri_without_secrets(const char *uri);
