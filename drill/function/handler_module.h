/*
 * handler_module: finds the file of a package that Lambda's handler setting names, and by its ending the function's
 * language.
 *
 * Python takes what precedes the last dot for a module, whose packages are separated by dots or slashes. Node.js takes
 * what precedes the first dot of the path's last part, and the rest for exports within exports.
 */
#pragma once

#include "error.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum handler_language { HANDLER_PYTHON, HANDLER_NODE };

struct handler_module {
   enum handler_language language;
   char file[NAME_MAX + 1]; /* in the package: "app.py" */
};

/* package is its name in messages, folder its location. Returns 0, or -1 with error set: no MODULE.FUNCTION, or no such
 * file. */
int handler_module_find(struct handler_module *module,
                        const char *package,
                        const char *folder,
                        const char *handler,
                        struct drill_error *error);

/* True if a file at the root of folder may be a function's, for when no handler was given; example is set to a typical
 * handler. */
bool handler_module_guess(const char *folder, struct handler_module *module, char *example, size_t size);

/* Detects a package made from a folder instead of its contents, so that all files are one level too deep. True if a
 * folder in package has that file; name is then set to that folder. */
bool handler_module_one_deeper(const char *package, const char *file, char *name, size_t size);
