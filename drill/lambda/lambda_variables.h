/*
 * lambda_variables: the environment a custom runtime on provided.al2023 starts with, and nothing of this machine's.
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
   unsigned concurrency; /* how many events it may have at once; more than one: it is a managed instance */
   bool snap_start;
   bool provisioned;         /* by provisioned concurrency */
   const char *const *added; /* "NAME=VALUE", NULL at the end; may be NULL. They replace Lambda's own */
};

/* False when out of memory. Clear list in any case. */
bool lambda_variables_init(struct variable_list *list, const struct lambda_variables_source *source);

#endif
