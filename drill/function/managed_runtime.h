/*
 * managed_runtime: what a function without a bootstrap of its own is run by, as Lambda's managed runtimes do: the
 * interpreter, the runtime client between it and the Runtime API, and a bootstrap at /var/runtime that starts both.
 *
 * In Python the client is AWS's own, awslambdaric, of the package or of the interpreter. In Node.js it is AWS's
 * aws-lambda-ric when the package has it among its node_modules, else node_loop.mjs.
 */
#ifndef FAAS_DRILL_MANAGED_RUNTIME_H
#define FAAS_DRILL_MANAGED_RUNTIME_H

#include "error.h"
#include "guard.h"
#include "interpreter.h"

struct managed_runtime {
   char *folder; /* what is to be /var/runtime: with bootstrap, for any user to read; removed by the guard */
   struct interpreter interpreter;
   struct guard *guard;
};

/* package is for messages, folder where it lies; guard may be NULL. NULL with error set: no such handler, no
 * interpreter or no client for it. destroy takes NULL. */
struct managed_runtime *managed_runtime_new(
   const char *package, const char *folder, const char *handler, struct guard *guard, struct drill_error *error);
void managed_runtime_destroy(struct managed_runtime *runtime);

#endif
