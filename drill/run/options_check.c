#include "options.h"

#include "http_request.h"
#include "lambda_platform.h"
#include "platforms.h"
#include "services.h"
#include "variable_rules.h"

#include <stdio.h>
#include <string.h>

#define TIMEOUT_DEFAULT_MS 30000

/* Refuses --env for a variable that the drill sets: with two values, which one a function gets is undefined. */
static bool
check_own_variable(
   const struct options *options, const char *own, const char *what, const char *option, struct drill_error *error)
{
   size_t length = strlen(own);
   for (size_t i = 0; i < options->variable_count; i++) {
      if (strncmp(options->variables[i], own, length) == 0 && options->variables[i][length] == '=') {
         return drill_error_false(
            error,
            "--env %s: the drill sets this variable to %s; add URI options with --uri-options, or name "
            "another variable with %s",
            own,
            what,
            option);
      }
   }
   return true;
}

static bool
check_uri_variables(const struct options *options, struct drill_error *error)
{
   const char *file = options->database.uri_file_variable;
   if (file != NULL && strcmp(file, options->uri_variable) == 0) {
      return drill_error_false(
         error, "--uri-file-variable %s: this variable already holds the URI itself; name another one", file);
   }
   return check_own_variable(options, options->uri_variable, "the database's URI", "--uri-variable", error) &&
          (file == NULL ||
           check_own_variable(options, file, "the path of the file with the URI", "--uri-file-variable", error));
}

/* Either the drill's own replica set, or the user's deployment. */
static bool
check_database(const struct options *options, struct drill_error *error)
{
   bool emulated = options->database.server != NULL || options->database.server_command != NULL;
   if (options->database.server != NULL && options->database.server_command != NULL) {
      return drill_error_false(error, "--server and --server-command exclude each other");
   }
   if (emulated && (options->database.uri != NULL || options->database.outage_command != NULL)) {
      return drill_error_false(
         error,
         "two databases: use either the emulated replica set (--server, --server-command) or your own "
         "deployment (--uri, --outage-command)");
   }
   if (options->database.uri == NULL && options->database.outage_command != NULL) {
      return drill_error_false(error, "--outage-command needs your own deployment: --uri URI or MONGODB_URI");
   }
   return true;
}

/* Options that only the emulated replica set understands. */
static bool
check_emulation(struct options *options, struct drill_error *error)
{
   if (options->database.uri != NULL && options->database.secure) {
      return drill_error_false(error,
                               "%s works with the emulated replica set only, and the database is your own (--uri or "
                               "MONGODB_URI): put %s into its URI, or remove the URI",
                               options->database.srv ? "--srv" : "--secure",
                               options->database.srv ? "mongodb+srv:// and its name" : "tls=true and a user");
   }
   if (options->database.uri != NULL && options->database.round_trip_ms != 0) {
      return drill_error_false(
         error,
         "--round-trip works with the emulated replica set only, and the database is your own (--uri or "
         "MONGODB_URI): remove one of them");
   }
   for (size_t i = 0; i < options->step_count && options->database.uri == NULL; i++) {
      options->database.secure = options->database.secure || options->steps[i].kind->is_secure;
   }
   return true;
}

/* Refuses an option that only other platforms have. */
static bool
refuse(const char *option, const struct platform *platform, const char *why, struct drill_error *error)
{
   return drill_error_false(error, "%s cannot be used with --platform %s: %s", option, platform->name, why);
}

static bool
check_service(const struct options *options, struct drill_error *error)
{
   const struct platform *platform = options->platform;
   if (options->handler != NULL) {
      return refuse("--handler", platform, "only Lambda has handlers; start the function with --command", error);
   }
   if (options->request != NULL && (platform == &platform_fn || platform == &platform_openwhisk)) {
      return refuse("--request", platform, "the platform defines how it calls a function", error);
   }
   for (size_t i = 0; i < options->step_count; i++) {
      if (options->steps[i].kind->lambda_only) {
         char what[40];
         (void)snprintf(what, sizeof what, "the phase %s", options->steps[i].kind->name);
         return refuse(what, platform, "only Lambda has it", error);
      }
   }
   return true;
}

static bool
check_lambda(const struct options *options, struct drill_error *error)
{
   const struct platform *platform = options->platform;
   if (options->command != NULL) {
      return refuse("--command", platform, "Lambda starts the package's bootstrap, or its --handler", error);
   }
   if (options->request != NULL) {
      return refuse("--request", platform, "Lambda sends events, not requests", error);
   }
   return true;
}

/* --concurrency alone means a managed instance, because no other environment of Lambda has it. */
static void
choose(struct options *options)
{
   if (options->platform == NULL) {
      options->platform = options->concurrency > 1 ? &platform_managed : &platform_lambda;
   }
   if (options->concurrency == 0) {
      options->concurrency = options->platform->concurrency_default;
   }
   options->memory_mb = options->memory_mb != 0 ? options->memory_mb : options->platform->memory_mb;
}

/* The phases of the platform, which must be known by then. */
static void
choose_all_phases(struct options *options)
{
   options->step_count = 0;
   for (size_t i = 0; i < phase_kind_count; i++) {
      bool there_too = !phase_kinds[i]->lambda_only || options->platform->service == NULL;
      if (there_too) {
         options->steps[options->step_count++] = (struct step){.kind = phase_kinds[i], .times = 1};
      }
   }
}

static bool
check_platform(struct options *options, struct drill_error *error)
{
   choose(options);
   if (options->all_phases) {
      choose_all_phases(options);
   }
   const struct platform *platform = options->platform;
   if (options->concurrency > platform->concurrency_max) {
      return drill_error_false(error,
                               "--concurrency %u cannot be used with --platform %s: %s sends a process %s at once",
                               options->concurrency,
                               platform->name,
                               platform->title,
                               platform->concurrency_max == 1 ? "one event" : "at most 64 events");
   }
   if (platform == &platform_managed && options->concurrency == 1) {
      return refuse("--concurrency 1", platform, "a managed instance gets at least two events at once", error);
   }
   return platform->service != NULL ? check_service(options, error) : check_lambda(options, error);
}

bool
options_platform_set(struct options *options, const char *name, struct drill_error *error)
{
   char names[200];
   options->platform = platform_find(name);
   if (options->platform == NULL) {
      platform_names(names, sizeof names);
      drill_error_set(error, "--platform: unknown platform \"%.100s\"; the drill has %s", name, names);
   }
   return options->platform != NULL;
}

bool
options_platform_request(struct options *options, const char *line, struct drill_error *error)
{
   if (!http_request_line_fits(line)) {
      return drill_error_false(
         error, "--request takes a method and a path, such as \"GET /items\"; found \"%.100s\"", line);
   }
   options->request = line;
   return true;
}

bool
options_check(struct options *options, struct drill_error *error)
{
   if (options->package == NULL) {
      return drill_error_false(error, "no deployment package: name its folder or zip file (see --help)");
   }
   if (!given_template_apply(options, error)) {
      return false;
   }
   if (options->connection_queue > 0 && options->connection_rate == 0) {
      return drill_error_false(error, "--connection-queue is for connections beyond a rate: add --connection-rate N");
   }
   options->timeout_ms = options->timeout_ms != 0 ? options->timeout_ms : TIMEOUT_DEFAULT_MS;
   return check_platform(options, error) &&
          variable_rules_fit((const char *const *)options->variables, options->variable_count, error) &&
          check_uri_variables(options, error) && check_database(options, error) && check_emulation(options, error);
}
