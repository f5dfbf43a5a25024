/*
 * lambda_variables: the environment that a custom runtime on provided.al2023 starts with, without anything of this
 * machine's.
 */
#pragma once

#include "function.h"
#include "variable_list.h"

#include <stdbool.h>

struct lambda_variables_source {
   const struct function_config *config; /* whose variables replace Lambda's own */
   const char *task_root;                /* as the function sees it */
   unsigned runtime_api_port;
   int instance;
   bool snap_start;
   bool provisioned; /* started by provisioned concurrency */
};

/* Returns false when out of memory. Clear list in any case. */
bool lambda_variables_init(struct variable_list *list, const struct lambda_variables_source *source);
