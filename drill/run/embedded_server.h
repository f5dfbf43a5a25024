/*
 * embedded_server: the database of a drill when none was given: SecantusDB's program secantusd-py, if installed.
 */
#pragma once

#include "error.h"

/* Looks for secantusd-py beside this program (self: argv[0]), then in the active virtual environment and on the PATH.
 * Returns the command that starts it, as --server-command takes it; the caller frees it. Returns NULL with error set,
 * which says where it looked and how to get the program. */
char *embedded_server_command(const char *self, struct drill_error *error);
