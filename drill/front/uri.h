/*
 * uri: the connection string of a set. Stands on hello, users.
 */
#ifndef FAAS_DRILL_FRONT_URI_H
#define FAAS_DRILL_FRONT_URI_H

#include "hello.h"
#include "users.h"

struct uri_wish {
   struct hello_speaker members; /* whichever of them */
   const struct users *users;
   const char *authority_file; /* for clients that have to speak TLS and say who they are; NULL: neither */
   bool by_records;            /* mongodb+srv: members, set and options by DNS; needs a domain and an authority_file */
};

/* A new string; NULL with error set. */
char *uri_make(const struct uri_wish *wish, struct drill_error *error);

#endif
