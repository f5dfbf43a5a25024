/*
 * lambda_variables: the environment that a custom runtime on provided.al2023 starts with, without anything of this
 * machine's.
 */
#ifndef FAAS_DRILL_LAMBDA_VARIABLES_H
#define FAAS_DRILL_LAMBDA_VARIABLES_H

#include "variable_list.h"

#include <stdbool.h>

struct lambda_variables_source {
   const char *task_root; /* as the function sees it */
   const char *function_name;
   const char *handler;
   unsigned memory_mb;
   unsigned runtime_api_port;
   int instance;
   unsigned concurrency; /* events that it may handle at once; more than one means a managed instance */
   bool snap_start;
   bool provisioned;         /* started by provisioned concurrency */
   const char *const *added; /* "NAME=VALUE", replaces Lambda's own; ends with NULL; may be NULL */
};

/* Returns false when out of memory. Clear list in any case. */
bool lambda_variables_init(struct variable_list *list, const struct lambda_variables_source *source);

#endif
