#include "options_check.h"

#include "given_template.h"
#include "options_platform.h"
#include "variable_rules.h"

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
   const char *file = options->uri_file_variable;
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
   bool emulated = options->server != NULL || options->server_command != NULL;
   if (options->server != NULL && options->server_command != NULL) {
      return drill_error_false(error, "--server and --server-command exclude each other");
   }
   if (emulated && (options->uri != NULL || options->outage_command != NULL)) {
      return drill_error_false(
         error,
         "two databases: use either the emulated replica set (--server, --server-command) or your own "
         "deployment (--uri, --outage-command)");
   }
   if (options->uri == NULL && options->outage_command != NULL) {
      return drill_error_false(error, "--outage-command needs your own deployment: --uri URI or MONGODB_URI");
   }
   return true;
}

/* Options that only the emulated replica set understands. */
static bool
check_emulation(struct options *options, struct drill_error *error)
{
   if (options->uri != NULL && options->secure) {
      return drill_error_false(error,
                               "%s works with the emulated replica set only, and the database is your own (--uri or "
                               "MONGODB_URI): put %s into its URI, or remove the URI",
                               options->srv ? "--srv" : "--secure",
                               options->srv ? "mongodb+srv:// and its name" : "tls=true and a user");
   }
   if (options->uri != NULL && options->round_trip_ms != 0) {
      return drill_error_false(
         error,
         "--round-trip works with the emulated replica set only, and the database is your own (--uri or "
         "MONGODB_URI): remove one of them");
   }
   for (size_t i = 0; i < options->step_count && options->uri == NULL; i++) {
      options->secure = options->secure || options->steps[i].kind->is_secure;
   }
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
   return options_platform_check(options, error) &&
          variable_rules_fit((const char *const *)options->variables, options->variable_count, error) &&
          check_uri_variables(options, error) && check_database(options, error) && check_emulation(options, error);
}
