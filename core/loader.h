/*
 * loader: finds a provider, loads it, checks it field by field, and keeps a copy of its struct.
 */
#ifndef FAAS_CORE_LOADER_H
#define FAAS_CORE_LOADER_H

#include "faas_harness/provider.h"

#include <limits.h>

struct loaded_provider {
   struct faas_provider provider; /* a copy; fields that the provider does not know are zero */
   char path[PATH_MAX];
   void *library;
};

/* The folder in which providers are looked up by name: lib/faas-harness beside the program's folder, or in it. Returns
 * false and fills error when there is none. */
bool loader_directory(char *directory, size_t size, struct faas_error *error);

/* Loads a provider: a path if name_or_path contains a slash, else a name in loader_directory; no other place is
 * searched. On failure, returns false with an error that names the file and its fault; nothing is
 * loaded then. */
bool loader_load(struct loaded_provider *loaded, const char *name_or_path, struct faas_error *error);
void loader_unload(struct loaded_provider *loaded);

/* How many invocations a provider that was opened, with this state, may have open at once: 1 or more. */
unsigned loader_open_invocations(const struct faas_provider *provider, void *state);

/* Returns the provider's option of this name, or NULL. */
const struct faas_option *loader_find_option(const struct faas_provider *provider, const char *name);

#endif
