/*
 * managed_runtime: runs a function that has no bootstrap of its own, as Lambda's managed runtimes do: the interpreter,
 * the runtime client between it and the Runtime API, and a bootstrap at /var/runtime that starts both.
 *
 * For Python the client is AWS's own, awslambdaric, from the package or the interpreter. For Node.js it is AWS's
 * aws-lambda-ric if the package has it in its node_modules, otherwise node_loop.mjs. The interpreter is found by the
 * caller's PATH and asked for its location, because the file on the PATH may be a script that starts the real one
 * (pyenv's, a wheel's).
 */
#pragma once

#include "error.h"
#include "guard.h"

#include <stdbool.h>

#define INTERPRETER_MOUNTS_MAX 8

struct interpreter {
   const char *program;                            /* absolute */
   const char *version;                            /* as in AWS_EXECUTION_ENV: "3.11", "24.x" */
   const char *mounts[INTERPRETER_MOUNTS_MAX + 1]; /* folders it needs; ends with NULL */
   bool has_client;                                /* Python: awslambdaric can be imported, from folder or elsewhere */
   char text[8192];                                /* the members above point into it */
};

struct managed_runtime {
   char *folder; /* becomes /var/runtime: holds bootstrap, readable by any user; removed by the guard */
   struct interpreter interpreter;
   struct guard *guard;
};

/* package is its name in messages, folder its location; guard may be NULL. Returns NULL with error set: no such
 * handler, no interpreter, or no client for it. destroy allows NULL. */
struct managed_runtime *managed_runtime_new(
   const char *package, const char *folder, const char *handler, struct guard *guard, struct drill_error *error);
void managed_runtime_destroy(struct managed_runtime *runtime);
