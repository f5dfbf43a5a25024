/*
 * uri: the connection string of a set.
 */
#pragma once

#include "set_state.h"

/* authority_file: for clients, which must use TLS and authenticate; NULL: neither. by_records: a mongodb+srv URI, for
 * which DNS has members, set and options; needs a domain and an authority_file. Returns a new string, or NULL with
 * error set. */
char *uri_make(const struct front_set *set, const char *authority_file, bool by_records, struct drill_error *error);
