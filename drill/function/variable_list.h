/*
 * variable_list: the environment that a function starts with, without anything of this machine's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Starts zeroed. */
struct variable_list {
   char **words; /* "NAME=VALUE"; ends with NULL, for execve */
   size_t count;
   bool failed; /* out of memory */
};

void variable_list_clear(struct variable_list *list);

/* printf-like "NAME=VALUE"; replaces an earlier variable of that name. */
void variable_list_set(struct variable_list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds words unchanged. words ends with NULL, and may be NULL. */
void variable_list_add(struct variable_list *list, const char *const *words);
