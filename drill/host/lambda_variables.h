/*
 * lambda_variables: the environment a custom runtime on provided.al2023 starts with, and nothing of this machine's.
 */
#ifndef FAAS_DRILL_LAMBDA_VARIABLES_H
#define FAAS_DRILL_LAMBDA_VARIABLES_H

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
   const char *const *added; /* "NAME=VALUE", NULL at the end; may be NULL. They replace Lambda's own */
};

/* For execve; NULL when out of memory. destroy takes NULL. */
char **lambda_variables_new(const struct lambda_variables_source *source);
void lambda_variables_destroy(char **variables);

#endif
