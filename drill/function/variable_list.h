/*
 * variable_list: the environment that a function starts with, and nothing of this machine's.
 */
#ifndef FAAS_DRILL_VARIABLE_LIST_H
#define FAAS_DRILL_VARIABLE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct variable_list {
   char **words; /* "NAME=VALUE"; NULL at the end, for execve */
   size_t count;
   bool failed; /* out of memory */
};

void variable_list_init(struct variable_list *list);
void variable_list_clear(struct variable_list *list);

/* printf-like "NAME=VALUE", which replaces an earlier one of that name. */
void variable_list_set(struct variable_list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each as it is; NULL at the end; words may be NULL. */
void variable_list_add(struct variable_list *list, const char *const *words);

#endif
