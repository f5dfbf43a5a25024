/*
 * interpreter: finds the interpreter for a managed runtime's function, by the caller's PATH. Asks the interpreter for
 * its location, because the file on the PATH may be a script that starts the real one (pyenv's, a wheel's).
 */
#pragma once

#include "error.h"
#include "handler_module.h"

#include <stdbool.h>

#define INTERPRETER_MOUNTS_MAX 8

struct interpreter {
   const char *program;                            /* absolute */
   const char *version;                            /* as in AWS_EXECUTION_ENV: "3.11", "24.x" */
   const char *mounts[INTERPRETER_MOUNTS_MAX + 1]; /* folders it needs; ends with NULL */
   bool has_client;                                /* Python: awslambdaric can be imported, from folder or elsewhere */
   char text[8192];                                /* the members above point into it */
};

/* folder is the package's. interpreter must not be moved afterwards. Returns -1 with error set if there is none, or if
 * it does not work. */
int interpreter_find(struct interpreter *interpreter,
                     enum handler_language language,
                     const char *folder,
                     struct drill_error *error);
