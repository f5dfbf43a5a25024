/*
 * azure_app: what an Azure Functions app says of itself: host.json, and the function.json of its first function.
 */
#ifndef FAAS_DRILL_AZURE_APP_H
#define FAAS_DRILL_AZURE_APP_H

#include "error.h"

#include <stdbool.h>

struct azure_app {
   char function[128]; /* the folder that has a function.json; "function" where there is none */
   char trigger[64];   /* name of its trigger's binding; "req" */
   bool forwards;      /* enableForwardingHttpRequest */
};

/* A struct azure_app, to be freed by free(3); what can't be read has its default. NULL when out of memory. */
void *azure_app_read(const char *folder);

/* As services_find_command: customHandler.description of host.json. */
int azure_app_command(const char *folder, char **command, struct drill_error *error);

#endif
