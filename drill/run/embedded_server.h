/*
 * embedded_server: the database of a drill that was given none: SecantusDB's program secantusd-py, where it is
 * installed.
 */
#ifndef FAAS_DRILL_EMBEDDED_SERVER_H
#define FAAS_DRILL_EMBEDDED_SERVER_H

#include "error.h"

/* Looks for the program beside this one, as whose first word it was started is self, then in the active virtual
 * environment and on the PATH. Returns what starts it, as --server-command has it, which the caller frees; NULL with
 * error set, which says where it was looked for and how to get it. */
char *embedded_server_command(const char *self, struct drill_error *error);

#endif
