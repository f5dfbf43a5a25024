/*
 * uri: the connection string of a set. Stands on hello, users.
 */
#ifndef FAAS_DRILL_FRONT_URI_H
#define FAAS_DRILL_FRONT_URI_H

#include "front.h"
#include "users.h"

/* A new string; NULL with error set. authority_file: for clients that have to speak TLS and say who they are; NULL:
 * neither. */
char *uri_make(const uint16_t ports[FRONT_MEMBERS],
               const struct users *users,
               const char *authority_file,
               struct drill_error *error);

#endif
