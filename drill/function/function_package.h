/*
 * function_package: a deployment package, a folder or a zip file, checked before anything is started.
 */
#ifndef FAAS_DRILL_FUNCTION_PACKAGE_H
#define FAAS_DRILL_FUNCTION_PACKAGE_H

#include "error.h"
#include "guard.h"
#include "managed_runtime.h"

struct function_package {
   char *task_root;                 /* absolute; what is LAMBDA_TASK_ROOT */
   struct managed_runtime *runtime; /* by which its handler is run; NULL: it has a bootstrap */
   char *command;                   /* for /bin/sh, that starts it; NULL: the bootstrap does */
   char warning[512];               /* what will fail on Lambda if the function needs it; empty: nothing */
};

/* Opens path: a folder with an executable file bootstrap, or a zip file with one at its root, unpacked into a temporary
 * folder that guard removes. bootstrap is a script (#!) or an ELF program for this machine's architecture; other ones
 * are refused with both architectures named. Files that only their owner may read are named in warning: Lambda runs the
 * function as another user than their owner. Lambda's limit of 250 MB unzipped holds. With a handler,
 * "MODULE.FUNCTION", no bootstrap is looked for: as with a managed runtime of Lambda that one is run; nor is it with a
 * command, or where find_command finds one in the folder. Returns 0, or -1 with error set.
 */
struct function_start {
   const char *handler; /* or NULL */
   const char *command; /* or NULL */
   /* As services_find_command; NULL: there is none to be found. */
   int (*find_command)(const char *folder, char **command, struct drill_error *error);
};

int function_package_open(struct function_package *package,
                          const char *path,
                          const struct function_start *start,
                          struct guard *guard,
                          struct drill_error *error);

void function_package_clear(struct function_package *package);

#endif
