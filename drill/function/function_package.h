/*
 * function_package: opens a deployment package, a folder or a zip file, and checks it before anything is started.
 */
#pragma once

#include "error.h"
#include "guard.h"
#include "managed_runtime.h"

struct function_package {
   char *task_root;                 /* absolute; LAMBDA_TASK_ROOT */
   struct managed_runtime *runtime; /* runs its handler; NULL: it has a bootstrap */
   char *command;                   /* shell command that starts it; NULL: the bootstrap does */
   char warning[512];               /* what will fail on Lambda if the function needs it; empty if nothing */
};

/* Opens path: a folder with an executable file bootstrap, or a zip file with one at its root, which is unpacked into a
 * temporary folder that guard removes. bootstrap must be a script (#!) or an ELF program for this machine's
 * architecture; for another one the error names both architectures. warning names files that only their owner may read,
 * because Lambda runs the function as another user. Lambda's limit of 250 MB unzipped applies. With a handler,
 * "MODULE.FUNCTION", no bootstrap is looked for: the handler runs as in a managed runtime of Lambda. Nor is a bootstrap
 * looked for with a command, or if find_command finds one in the folder. Returns 0, or -1 with error set. */
struct function_start {
   const char *handler; /* may be NULL */
   const char *command; /* may be NULL */
   /* See struct platform. */
   int (*find_command)(const char *folder, char **command, struct drill_error *error);
};

int function_package_open(struct function_package *package,
                          const char *path,
                          const struct function_start *start,
                          struct guard *guard,
                          struct drill_error *error);

void function_package_clear(struct function_package *package);
