/*
 * managed_runtime: runs a function that has no bootstrap of its own, as Lambda's managed runtimes do: the interpreter,
 * the runtime client between it and the Runtime API, and a bootstrap at /var/runtime that starts both.
 *
 * For Python the client is AWS's own, awslambdaric, from the package or the interpreter. For Node.js it is AWS's
 * aws-lambda-ric if the package has it in its node_modules, otherwise node_loop.mjs.
 */
#pragma once

#include "error.h"
#include "guard.h"
#include "interpreter.h"

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
