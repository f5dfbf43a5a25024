/*
 * providers_list: what --list-providers and --describe-provider print.
 */
#ifndef FAAS_CORE_PROVIDERS_LIST_H
#define FAAS_CORE_PROVIDERS_LIST_H

#include "faas_harness/provider.h"

/* Prints one line on stdout for each provider installed beside the program. Returns false and fills error when their
 * folder is missing. */
bool providers_print_list(struct faas_error *error);

/* Prints a provider's purpose and options on stdout. */
bool providers_print_description(const char *name_or_path, struct faas_error *error);

#endif
