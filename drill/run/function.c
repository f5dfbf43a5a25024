#include "drill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NAME=URI with more options, behind those it has; given and more may be NULL. */
static char *
uri_variable(const char *name, const char *uri, const char *given, const char *more)
{
   char *variable = NULL;
   const char *separator = "";
   if (given != NULL || more != NULL) {
      const char *hosts = strstr(uri, "://");
      const char *slash = hosts == NULL ? NULL : strchr(hosts + 3, '/');
      separator = strchr(uri, '?') != NULL ? "&" : slash != NULL ? "?" : "/?";
   }
   if (asprintf(&variable,
                "%s=%s%s%s%s%s",
                name,
                uri,
                separator,
                given == NULL ? "" : given,
                given == NULL || more == NULL ? "" : "&",
                more == NULL ? "" : more) < 0) {
      return NULL;
   }
   return variable;
}

static void
add_variable(struct function *function, size_t *count, const char *variable)
{
   if (variable != NULL) {
      function->variables[(*count)++] = variable;
   }
}

struct function *
function_new(struct drill *drill, const char *uri_options, unsigned settle_ms, struct drill_error *error)
{
   return function_new_limited(drill, uri_options, settle_ms, drill->options->timeout_ms, error);
}

struct function *
function_new_limited(
   struct drill *drill, const char *uri_options, unsigned settle_ms, unsigned timeout_ms, struct drill_error *error)
{
   const struct options *options = drill->options;
   struct function *function = calloc(1, sizeof *function);
   if (function != NULL) {
      function->uri_variable =
         uri_variable(options->uri_variable, deployment_uri(drill->deployment), options->uri_options, uri_options);
   }
   if (function == NULL || function->uri_variable == NULL) {
      drill_error_set(error, "out of memory: could not make a function");
      function_destroy(function);
      return NULL;
   }
   function->drill = drill;
   size_t count = 0;
   add_variable(function, &count, function->uri_variable);
   add_variable(function, &count, "FAAS_HARNESS_EVENTS=1");
   const char *client = drill->client != NULL ? drill->client : options->client;
   if (client != NULL) {
      add_variable(
         function, &count, strcmp(client, "pool") == 0 ? "FAAS_HARNESS_CLIENT=pool" : "FAAS_HARNESS_CLIENT=single");
   }
   for (size_t i = 0; i < options->variable_count; i++) {
      add_variable(function, &count, options->variables[i]);
   }
   memcpy(function->mounts, options->mounts, sizeof options->mounts);
   function->mounts[options->mount_count] = deployment_authority_file(drill->deployment);
   function->config = (struct function_config){.platform = options->platform,
                                               .command = drill->package->command,
                                               .request = options->request,
                                               .task_root = drill->package->task_root,
                                               .runtime = drill->package->runtime,
                                               .handler = options->handler,
                                               .variables = function->variables,
                                               .mounts = function->mounts,
                                               .timeout_ms = timeout_ms,
                                               .settle_ms = settle_ms,
                                               .concurrency = options->concurrency,
                                               .memory_mb = options->memory_mb,
                                               .log = drill->log,
                                               .timeline = drill->timeline,
                                               .guard = drill->guard};
   pthread_mutex_lock(&drill->lock);
   int instance = drill->instances++;
   pthread_mutex_unlock(&drill->lock);
   function->environment = environment_new(&function->config, instance, error);
   if (function->environment == NULL) {
      function_destroy(function);
      return NULL;
   }
   if (!interruption_add(drill->interruption, function->environment)) {
      drill_error_set(error, "interrupted");
      function_destroy(function);
      return NULL;
   }
   return function;
}

void
function_destroy(struct function *function)
{
   if (function == NULL) {
      return;
   }
   if (function->environment != NULL) {
      interruption_remove(function->drill->interruption, function->environment);
      environment_destroy(function->environment);
   }
   free(function->uri_variable);
   free(function);
}
