/*
 * lambda_variables: the environment that a custom runtime on provided.al2023 starts with, without anything of this
 * machine's.
 */
#pragma once

#include "sandbox.h"
#include "variable_list.h"

#include <stdbool.h>

/* Its configuration's variables replace Lambda's own. api_port is the Runtime API's. Returns false when out of memory.
 * Clear list in any case. */
bool lambda_variables_init(struct variable_list *list, const struct sandbox *sandbox, unsigned api_port);
