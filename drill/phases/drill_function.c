#include "drill.h"
#include "uri_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns NAME=VALUE. Returns NULL when out of memory; a NULL value means that memory ran out before. */
static char *
make_variable(const char *name, const char *value)
{
   char *variable = NULL;
   return value == NULL || asprintf(&variable, "%s=%s", name, value) < 0 ? NULL : variable;
}

/* Returns false when out of memory. */
static bool
make_own_variables(struct function *function, const char *uri, const char *options, const struct drill *drill)
{
   char *whole = uri_with_options(uri, drill->options->database.uri_options, options);
   const char *name = drill->options->database.uri_file_variable;
   function->uri_variable = make_variable(drill->options->uri_variable, whole);
   if (name != NULL) {
      function->file_variable = make_variable(name, deployment_secret_file(drill->deployment)->path);
   }
   free(whole);
   return function->uri_variable != NULL && (name == NULL || function->file_variable != NULL);
}

static void
show_files(struct function *function, const struct drill *drill)
{
   const char *const more[] = {deployment_authority_file(drill->deployment),
                               deployment_secret_file(drill->deployment)->folder};
   size_t count = drill->options->mount_count;
   memcpy(function->mounts, drill->options->mounts, sizeof drill->options->mounts);
   for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
      if (more[i] != NULL) {
         function->mounts[count++] = more[i];
      }
   }
}

static void
add_variable(struct function *function, size_t *count, const char *variable)
{
   if (variable != NULL) {
      function->variables[(*count)++] = variable;
   }
}

struct function *
function_new(struct drill *drill, const struct function_wish *wish, struct drill_error *error)
{
   const struct options *options = drill->options;
   const char *uri = wish->uri == NULL ? deployment_uri(drill->deployment) : wish->uri;
   struct function *function = calloc(1, sizeof *function);
   if (function == NULL || !make_own_variables(function, uri, wish->uri_options, drill)) {
      drill_error_set(error, "out of memory: could not start a function");
      function_destroy(function);
      return NULL;
   }
   function->drill = drill;
   size_t count = 0;
   add_variable(function, &count, function->uri_variable);
   add_variable(function, &count, function->file_variable);
   add_variable(function, &count, "FAAS_HARNESS_EVENTS=1");
   const char *client = wish->client != NULL ? wish->client : options->client;
   if (client != NULL) {
      add_variable(
         function, &count, strcmp(client, "pool") == 0 ? "FAAS_HARNESS_CLIENT=pool" : "FAAS_HARNESS_CLIENT=single");
   }
   for (size_t i = 0; i < options->variable_count; i++) {
      add_variable(function, &count, options->variables[i]);
   }
   show_files(function, drill);
   function->config =
      (struct function_config){.platform = options->platform,
                               .command = drill->package->command,
                               .request = options->request,
                               .task_root = drill->package->task_root,
                               .runtime = drill->package->runtime,
                               .handler = options->handler,
                               .variables = function->variables,
                               .mounts = function->mounts,
                               .resolver = deployment_resolver(drill->deployment),
                               .timeout_ms = wish->timeout_ms == 0 ? options->timeout_ms : wish->timeout_ms,
                               .settle_ms = wish->settle_ms,
                               .concurrency = options->concurrency,
                               .memory_mb = options->memory_mb,
                               .log = drill->log,
                               .timeline = drill->timeline,
                               .guard = drill->guard};
   pthread_mutex_lock(&drill->lock);
   int instance = drill->instances++;
   pthread_mutex_unlock(&drill->lock);
   function->environment = environment_new(&function->config, instance, error);
   if (function->environment != NULL && interruption_add(drill->interruption, function->environment)) {
      return function;
   }
   if (function->environment != NULL) {
      drill_error_set(error, "interrupted");
   }
   function_destroy(function);
   return NULL;
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
   free(function->file_variable);
   free(function);
}

int
drill_new_function(struct drill *drill, const char *uri_options, unsigned settle_ms, struct drill_error *error)
{
   const struct function_wish wish = {.uri_options = uri_options, .settle_ms = settle_ms};
   drill_end_function(drill);
   drill->function = function_new(drill, &wish, error);
   witness_counts(drill->witness, &drill->seen);
   return drill->function == NULL ? -1 : 0;
}

void
drill_end_function(struct drill *drill)
{
   function_destroy(drill->function);
   drill->function = NULL;
}
