#include "options.h"

#include "command_line.h"
#include "given_template.h"
#include "options_platform.h"
#include "variable_rules.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INSTANCES_MAX 200
#define CONCURRENCY_MAX 64
#define REPEAT_MAX 100000
#define TIMEOUT_DEFAULT_MS 30000

enum {
   OPTION_SERVER = 256,
   OPTION_SERVER_COMMAND,
   OPTION_URI,
   OPTION_URI_OPTIONS,
   OPTION_URI_VARIABLE,
   OPTION_URI_FILE_VARIABLE,
   OPTION_SECURE,
   OPTION_SRV,
   OPTION_ROUND_TRIP,
   OPTION_OUTAGE_COMMAND,
   OPTION_OUTAGE_TIMEOUT,
   OPTION_PHASES,
   OPTION_FREEZE,
   OPTION_REPEAT,
   OPTION_INSTANCES,
   OPTION_CONNECTION_LIMIT,
   OPTION_OVERLOAD_RATE,
   OPTION_BASE_BACKOFF,
   OPTION_CONCURRENCY,
   OPTION_PLATFORM,
   OPTION_COMMAND,
   OPTION_REQUEST,
   OPTION_HANDLER,
   OPTION_LOGICAL_ID,
   OPTION_CLIENT,
   OPTION_ENV,
   OPTION_MOUNT,
   OPTION_TIMEOUT,
   OPTION_MEMORY,
   OPTION_EXPECT,
   OPTION_OUTPUT,
   OPTION_QUIET,
   OPTION_VERSION,
   OPTION_HELP
};

static const struct option known[] = {{"server", required_argument, NULL, OPTION_SERVER},
                                      {"server-command", required_argument, NULL, OPTION_SERVER_COMMAND},
                                      {"uri", required_argument, NULL, OPTION_URI},
                                      {"uri-options", required_argument, NULL, OPTION_URI_OPTIONS},
                                      {"uri-variable", required_argument, NULL, OPTION_URI_VARIABLE},
                                      {"uri-file-variable", required_argument, NULL, OPTION_URI_FILE_VARIABLE},
                                      {"secure", no_argument, NULL, OPTION_SECURE},
                                      {"srv", no_argument, NULL, OPTION_SRV},
                                      {"round-trip", required_argument, NULL, OPTION_ROUND_TRIP},
                                      {"outage-command", required_argument, NULL, OPTION_OUTAGE_COMMAND},
                                      {"outage-timeout", required_argument, NULL, OPTION_OUTAGE_TIMEOUT},
                                      {"phases", required_argument, NULL, OPTION_PHASES},
                                      {"freeze", required_argument, NULL, OPTION_FREEZE},
                                      {"repeat", required_argument, NULL, OPTION_REPEAT},
                                      {"instances", required_argument, NULL, OPTION_INSTANCES},
                                      {"connection-limit", required_argument, NULL, OPTION_CONNECTION_LIMIT},
                                      {"overload-rate", required_argument, NULL, OPTION_OVERLOAD_RATE},
                                      {"base-backoff", required_argument, NULL, OPTION_BASE_BACKOFF},
                                      {"concurrency", required_argument, NULL, OPTION_CONCURRENCY},
                                      {"platform", required_argument, NULL, OPTION_PLATFORM},
                                      {"command", required_argument, NULL, OPTION_COMMAND},
                                      {"request", required_argument, NULL, OPTION_REQUEST},
                                      {"handler", required_argument, NULL, OPTION_HANDLER},
                                      {"logical-id", required_argument, NULL, OPTION_LOGICAL_ID},
                                      {"client", required_argument, NULL, OPTION_CLIENT},
                                      {"env", required_argument, NULL, OPTION_ENV},
                                      {"mount", required_argument, NULL, OPTION_MOUNT},
                                      {"timeout", required_argument, NULL, OPTION_TIMEOUT},
                                      {"memory", required_argument, NULL, OPTION_MEMORY},
                                      {"expect", required_argument, NULL, OPTION_EXPECT},
                                      {"output", required_argument, NULL, OPTION_OUTPUT},
                                      {"quiet", no_argument, NULL, OPTION_QUIET},
                                      {"version", no_argument, NULL, OPTION_VERSION},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {NULL, 0, NULL, 0}};

static bool
read_number(
   const char *option, const char *text, unsigned least, unsigned most, unsigned *number, struct drill_error *error)
{
   char *end = NULL;
   errno = 0;
   long value = strtol(text, &end, 10);
   if (errno != 0 || end == text || *end != '\0' || value < (long)least || value > (long)most) {
      drill_error_set(error,
                      "--%s: expected a whole number from %u to %u, found \"%.100s\"",
                      option,
                      least,
                      most,
                      command_line_shown(text));
      return false;
   }
   *number = (unsigned)value;
   return true;
}

static bool
read_seconds(const char *option, const char *text, double most, unsigned *ms, struct drill_error *error)
{
   char *end = NULL;
   double value = strtod(text, &end);
   if (end == text || *end != '\0' || !isfinite(value) || value < 0.001 || value > most) {
      drill_error_set(
         error, "--%s: expected seconds from 0.001 to %g, found \"%.100s\"", option, most, command_line_shown(text));
      return false;
   }
   *ms = (unsigned)lround(value * 1000);
   return true;
}

/* One NAME or NAME*TIMES, length bytes of text. */
static bool
read_step(const char *text, size_t length, struct step *step, struct drill_error *error)
{
   const char *star = memchr(text, '*', length);
   size_t name_length = star == NULL ? length : (size_t)(star - text);
   step->times = 1;
   if (star != NULL) {
      char times[16] = "";
      size_t digits = length - name_length - 1;
      memcpy(times, star + 1, digits < sizeof times ? digits : sizeof times - 1);
      if (!read_number("phases", times, 1, REPEAT_MAX, &step->times, error)) {
         return false;
      }
   }
   step->kind = phase_kind_find(text, name_length);
   if (step->kind != NULL) {
      return true;
   }
   char names[200];
   phase_kind_names(names, sizeof names, false);
   drill_error_set(error,
                   "--phases: expected names of %s, found \"%.*s\"",
                   names,
                   (int)(length < 100 ? length : 100),
                   command_line_shown(text));
   return false;
}

static bool
read_phases(struct options *options, const char *list, struct drill_error *error)
{
   options->step_count = 0;
   for (const char *text = list;; text++) {
      size_t length = strcspn(text, ",");
      if (options->step_count == OPTIONS_STEPS_MAX) {
         drill_error_set(error, "--phases: expected at most %d of them, found more", OPTIONS_STEPS_MAX);
         return false;
      }
      if (!read_step(text, length, &options->steps[options->step_count++], error)) {
         return false;
      }
      text += length;
      if (*text == '\0') {
         return true;
      }
   }
}

/* Puts a copy in the place of the one before. */
static bool
set_copy(char **text, char *copy, struct drill_error *error)
{
   free(*text);
   *text = copy;
   if (copy == NULL) {
      drill_error_set(error, "out of memory: could not keep the command line");
   }
   return copy != NULL;
}

static bool
add_variable(struct options *options, char *text, struct drill_error *error)
{
   if (!variable_rules_accept(text, error)) {
      return false;
   }
   if (options->variable_count == OPTIONS_VARIABLES_MAX) {
      drill_error_set(error, "--env: expected at most %d of them, found more", OPTIONS_VARIABLES_MAX);
      return false;
   }
   return set_copy(&options->variables[options->variable_count++], command_line_take(text), error);
}

static bool
add_mount(struct options *options, const char *path, struct drill_error *error)
{
   if (options->mount_count == OPTIONS_MOUNTS_MAX) {
      drill_error_set(error, "--mount: more than %d of them", OPTIONS_MOUNTS_MAX);
      return false;
   }
   options->mounts[options->mount_count++] = path;
   return true;
}

static bool
set_client(struct options *options, const char *text, struct drill_error *error)
{
   if (strcmp(text, "pool") != 0 && strcmp(text, "single") != 0) {
      drill_error_set(error, "--client: expected pool or single, found \"%.100s\"", command_line_shown(text));
      return false;
   }
   options->client = text;
   return true;
}

static bool
set_variable_name(const char **variable, const char *option, const char *text, struct drill_error *error)
{
   if (strcspn(text, "=") != strlen(text) || command_line_is_delicate(text)) {
      drill_error_set(error, "%s takes the name of a variable, and no value; --uri takes the URI", option);
      return false;
   }
   *variable = text;
   return variable_rules_accept_name(option, text, strlen(text), error);
}

static bool
set_server(struct options *options, const char *text, struct drill_error *error)
{
   if (command_line_is_delicate(text)) {
      drill_error_set(error, "--server: expected HOST:PORT, found a connection string; use --uri");
      return false;
   }
   options->server = text;
   return true;
}

static bool
set_expect(struct options *options, const char *text, struct drill_error *error)
{
   if (options->expect != NULL) {
      drill_error_set(error, "--expect: given twice; put all known failures into one file");
      return false;
   }
   options->expect = text;
   return true;
}

static bool
set_package(struct options *options, const char *text, struct drill_error *error)
{
   if (strstr(text, "://") != NULL) {
      drill_error_set(error, "expected a deployment package, found a connection string; use --uri");
      return false;
   }
   options->package = text;
   return true;
}

static bool
apply(struct options *options, int option, char *value, struct drill_error *error)
{
   switch (option) {
   case OPTION_SERVER:
      return set_server(options, value, error);
   case OPTION_SERVER_COMMAND:
      options->server_command = value;
      return true;
   case OPTION_URI:
      return set_copy(&options->uri, command_line_take(value), error);
   case OPTION_URI_OPTIONS:
      return set_copy(&options->uri_options, command_line_take(value), error);
   case OPTION_URI_VARIABLE:
      return set_variable_name(&options->uri_variable, "--uri-variable", value, error);
   case OPTION_URI_FILE_VARIABLE:
      return set_variable_name(&options->uri_file_variable, "--uri-file-variable", value, error);
   case OPTION_SECURE:
      options->secure = true;
      return true;
   case OPTION_SRV:
      options->srv = options->secure = true;
      return true;
   case OPTION_ROUND_TRIP:
      return read_number("round-trip", value, 1, 1000, &options->round_trip_ms, error);
   case OPTION_OUTAGE_COMMAND:
      options->outage_command = value;
      return true;
   case OPTION_OUTAGE_TIMEOUT:
      return read_seconds("outage-timeout", value, 3600, &options->outage_timeout_ms, error);
   case OPTION_PHASES:
      return read_phases(options, value, error);
   case OPTION_FREEZE:
      return read_seconds("freeze", value, 86400, &options->freeze_ms, error);
   case OPTION_REPEAT:
      return read_number("repeat", value, 1, REPEAT_MAX, &options->repeat, error);
   case OPTION_INSTANCES:
      return read_number("instances", value, 1, INSTANCES_MAX, &options->instances, error);
   case OPTION_CONNECTION_LIMIT:
      return connection_limit_read(&options->connection_limit, value, error);
   case OPTION_OVERLOAD_RATE:
      return read_number("overload-rate", value, 1, 1000000, &options->overload_rate, error);
   case OPTION_BASE_BACKOFF:
      return read_number("base-backoff", value, 1, 10000, &options->base_backoff_ms, error);
   case OPTION_CONCURRENCY:
      return read_number("concurrency", value, 1, CONCURRENCY_MAX, &options->concurrency, error);
   case OPTION_PLATFORM:
      return options_platform_set(options, value, error);
   case OPTION_COMMAND:
      options->command = value;
      return true;
   case OPTION_REQUEST:
      return options_platform_request(options, value, error);
   case OPTION_HANDLER:
      options->handler = value;
      return true;
   case OPTION_LOGICAL_ID:
      options->logical_id = value;
      return true;
   case OPTION_CLIENT:
      return set_client(options, value, error);
   case OPTION_ENV:
      return add_variable(options, value, error);
   case OPTION_MOUNT:
      return add_mount(options, value, error);
   case OPTION_TIMEOUT:
      return read_seconds("timeout", value, 900, &options->timeout_ms, error);
   case OPTION_MEMORY:
      return read_number("memory", value, 16, 10240, &options->memory_mb, error);
   case OPTION_EXPECT:
      return set_expect(options, value, error);
   case OPTION_OUTPUT:
      options->output = value;
      return true;
   case OPTION_QUIET:
      options->quiet = true;
      return true;
   case OPTION_VERSION:
      options->action = ACTION_VERSION;
      return true;
   default:
      options->action = ACTION_HELP;
      return true;
   }
}

/* Which of two values of one variable a function is given nobody says. */
static bool
check_own_variable(
   const struct options *options, const char *own, const char *what, const char *option, struct drill_error *error)
{
   size_t length = strlen(own);
   for (size_t i = 0; i < options->variable_count; i++) {
      if (strncmp(options->variables[i], own, length) == 0 && options->variables[i][length] == '=') {
         drill_error_set(error,
                         "--env %s: the drill puts %s into this variable; add options to it by --uri-options, or name "
                         "another variable by %s",
                         own,
                         what,
                         option);
         return false;
      }
   }
   return true;
}

static bool
check_uri_variables(const struct options *options, struct drill_error *error)
{
   const char *file = options->uri_file_variable;
   if (file != NULL && strcmp(file, options->uri_variable) == 0) {
      drill_error_set(error, "--uri-file-variable %s: this variable has the URI itself; name another one", file);
      return false;
   }
   return check_own_variable(options, options->uri_variable, "the database's URI", "--uri-variable", error) &&
          (file == NULL ||
           check_own_variable(options, file, "the path of the URI's file", "--uri-file-variable", error));
}

/* What belongs together, once everything is read. */
static bool
check(struct options *options, struct drill_error *error)
{
   if (options->package == NULL) {
      drill_error_set(error, "expected a deployment package, a folder or a zip file, found none (see --help)");
      return false;
   }
   if (!given_template_apply(options, error)) {
      return false;
   }
   options->timeout_ms = options->timeout_ms != 0 ? options->timeout_ms : TIMEOUT_DEFAULT_MS;
   if (!options_platform_check(options, error)) {
      return false;
   }
   if (!variable_rules_fit((const char *const *)options->variables, options->variable_count, error)) {
      return false;
   }
   if (!check_uri_variables(options, error)) {
      return false;
   }
   bool emulated = options->server != NULL || options->server_command != NULL;
   if (options->server != NULL && options->server_command != NULL) {
      drill_error_set(error, "expected one of --server and --server-command, found both");
      return false;
   }
   if (emulated && (options->uri != NULL || options->outage_command != NULL)) {
      drill_error_set(error,
                      "expected either a server to emulate a replica set with (--server, --server-command) or a "
                      "deployment of your own (--uri, --outage-command), found both");
      return false;
   }
   const char *from_environment = getenv("MONGODB_URI");
   if (!emulated && options->uri == NULL && from_environment != NULL && from_environment[0] != '\0' &&
       !set_copy(&options->uri, strdup(from_environment), error)) {
      return false;
   }
   if (options->uri != NULL && options->secure) {
      drill_error_set(error,
                      "%s is for the emulated replica set, and the database is your own (--uri or MONGODB_URI): put "
                      "%s into its URI, or leave the URI out",
                      options->srv ? "--srv" : "--secure",
                      options->srv ? "mongodb+srv:// and its name" : "tls=true and a user");
      return false;
   }
   if (options->uri != NULL && options->round_trip_ms != 0) {
      drill_error_set(
         error,
         "--round-trip is for the emulated replica set, and the database is your own (--uri or MONGODB_URI), "
         "with round trips of its own: leave one of them out");
      return false;
   }
   for (size_t i = 0; i < options->step_count && options->uri == NULL; i++) {
      options->secure = options->secure || options->steps[i].kind->is_secure;
   }
   if (options->uri == NULL && options->outage_command != NULL) {
      drill_error_set(error, "--outage-command needs a deployment of your own: --uri URI or MONGODB_URI");
      return false;
   }
   return true;
}

static bool
read_arguments(struct options *options, int argc, char **argv, struct drill_error *error)
{
   opterr = 0;
   optind = 0;
   for (;;) {
      int place = 0;
      int option = getopt_long(argc, argv, ":", known, &place);
      if (option == -1) {
         break;
      }
      if (option == '?' || option == ':') {
         char message[COMMAND_LINE_MESSAGE_MAX];
         command_line_complain(message, option, argv);
         drill_error_set(error, "%s", message);
         return false;
      }
      if (optarg != NULL && strcmp(optarg, "--") == 0) {
         drill_error_set(error, "--%s: expected a value, found none before \"--\" (see --help)", known[place].name);
         return false;
      }
      if (!apply(options, option, optarg, error)) {
         return false;
      }
   }
   if (optind < argc && !set_package(options, argv[optind++], error)) {
      return false;
   }
   if (optind < argc) {
      drill_error_set(error, "expected one deployment package, found %d more arguments (see --help)", argc - optind);
      return false;
   }
   return true;
}

bool
options_init(struct options *options, int argc, char **argv, struct drill_error *error)
{
   memset(options, 0, sizeof *options);
   options->repeat = 1;
   options->uri_variable = "MONGODB_URI";
   options->freeze_ms = 60000;
   options->overload_rate = OPTIONS_OVERLOAD_RATE_DEFAULT;
   options->outage_timeout_ms = 300000;
   options->output = OPTIONS_OUTPUT_DEFAULT;
   char phases[200];
   phase_kind_names(phases, sizeof phases, true);
   if (connection_limit_read(&options->connection_limit, CONNECTION_LIMIT_DEFAULT, error) &&
       read_phases(options, phases, error) && read_arguments(options, argc, argv, error) &&
       (options->action != ACTION_DRILL || check(options, error))) {
      return true;
   }
   options_clear(options);
   return false;
}

unsigned
options_functions_at_once(const struct options *options)
{
   bool takes_instances = false;
   for (size_t i = 0; i < options->step_count; i++) {
      takes_instances = takes_instances || options->steps[i].kind->takes_instances;
   }
   return options->instances > 0 ? options->instances : takes_instances ? OPTIONS_INSTANCES_DEFAULT : 1;
}

void
options_clear(struct options *options)
{
   free(options->uri);
   options->uri = NULL;
   free(options->uri_options);
   options->uri_options = NULL;
   for (size_t i = 0; i < options->variable_count; i++) {
      free(options->variables[i]);
   }
   options->variable_count = 0;
   sam_template_clear(&options->template);
}
