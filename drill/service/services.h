/*
 * services: the platforms whose functions are servers, or read their events from a pipe.
 */
#ifndef FAAS_DRILL_SERVICES_H
#define FAAS_DRILL_SERVICES_H

#include "platform.h"

extern const struct platform platform_cloud_run;
extern const struct platform platform_azure;
extern const struct platform platform_openfaas;
extern const struct platform platform_fn;
extern const struct platform platform_openwhisk;

/* Finds the command that starts a function in a folder, for function_package.h. A NULL finder means Lambda's rules.
 * *command is for /bin/sh, and the caller owns it; NULL means an executable bootstrap. Returns -1 with error set. */
typedef int (*services_find_command)(const char *folder, char **command, struct drill_error *error);
services_find_command services_command_finder(const struct platform *platform);

#endif
