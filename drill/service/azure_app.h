/*
 * azure_app: reads an Azure Functions app's host.json, and the function.json of its first function.
 */
#pragma once

#include "error.h"

#include <stdbool.h>

struct azure_app {
   char function[128]; /* the folder that has a function.json; "function" if none has */
   char trigger[64];   /* name of the trigger's binding; "req" by default */
   bool forwards;      /* enableForwardingHttpRequest */
};

/* Returns a struct azure_app to free with free(3); what can't be read gets its default. Returns NULL when out of
 * memory. */
void *azure_app_read(const char *folder);

/* For find_command of struct platform: uses customHandler.description of host.json. */
int azure_app_command(const char *folder, char **command, struct drill_error *error);
