/*
 * loader: finds a provider, loads it, checks it field by field, and keeps a copy of what it offers.
 */
#ifndef FAAS_CORE_LOADER_H
#define FAAS_CORE_LOADER_H

#include "faas_harness/provider.h"

#include <limits.h>

struct loaded_provider {
   struct faas_provider provider; /* a copy: fields the provider does not know are zero */
   char path[PATH_MAX];
   void *library;
};

/* The folder that names are looked up in: lib/faas-harness beside the program's folder, or in it. False with error when
 * there is none. */
bool loader_directory(char *directory, size_t size, struct faas_error *error);

/* name_or_path with a slash is a path, else a name in loader_directory; nothing else is ever searched. False with error
 * that names the file, what was expected and what was found; nothing is loaded then. */
bool loader_load(struct loaded_provider *loaded, const char *name_or_path, struct faas_error *error);
void loader_unload(struct loaded_provider *loaded);

/* How many invocations an open provider, whose state it is, may have open at once: 1 or more. */
unsigned loader_open_invocations(const struct faas_provider *provider, void *state);

/* Whether the provider has an option of this name. */
const struct faas_option *loader_find_option(const struct faas_provider *provider, const char *name);

#endif
