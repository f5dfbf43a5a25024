/*
 * interpreter: what runs a function of a managed runtime: found by the caller's PATH and asked for itself, as what is
 * found there may be a script that starts the real one (pyenv's, a wheel's).
 */
#ifndef FAAS_DRILL_INTERPRETER_H
#define FAAS_DRILL_INTERPRETER_H

#include "error.h"
#include "handler_module.h"

#include <stdbool.h>

#define INTERPRETER_MOUNTS_MAX 8

struct interpreter {
   const char *program;                            /* absolute */
   const char *version;                            /* as AWS_EXECUTION_ENV has it: "3.11", "24.x" */
   const char *mounts[INTERPRETER_MOUNTS_MAX + 1]; /* folders it needs; NULL at the end */
   bool has_client;                                /* Python: awslambdaric can be imported, in folder or from its own */
   char text[8192];                                /* all these point into it */
};

/* folder is the package's. interpreter must not be moved afterwards. -1 with error set: none found, or it doesn't work.
 */
int interpreter_find(struct interpreter *interpreter,
                     enum handler_language language,
                     const char *folder,
                     struct drill_error *error);

#endif
