/*
 * uri: the connection string of a set.
 */
#pragma once

#include "hello.h"
#include "users.h"

struct uri_wish {
   struct hello_speaker members; /* any of them */
   const struct users *users;
   const char *authority_file; /* for clients, which must use TLS and authenticate; NULL: neither */
   bool by_records;            /* mongodb+srv: DNS has members, set and options; needs a domain and an authority_file */
};

/* Returns a new string, or NULL with error set. */
char *uri_make(const struct uri_wish *wish, struct drill_error *error);
