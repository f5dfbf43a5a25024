#include "options.h"

#include "command_line.h"
#include "options_check.h"
#include "options_phases.h"
#include "options_platform.h"
#include "options_read.h"
#include "variable_rules.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define INSTANCES_MAX 200
#define CONCURRENCY_MAX 64
#define REPEAT_MAX 100000

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
   OPTION_ALL,
   OPTION_FREEZE,
   OPTION_REPEAT,
   OPTION_INSTANCES,
   OPTION_CONNECTION_LIMIT,
   OPTION_CONNECTION_RATE,
   OPTION_CONNECTION_QUEUE,
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
                                      {"all", no_argument, NULL, OPTION_ALL},
                                      {"freeze", required_argument, NULL, OPTION_FREEZE},
                                      {"repeat", required_argument, NULL, OPTION_REPEAT},
                                      {"instances", required_argument, NULL, OPTION_INSTANCES},
                                      {"connection-limit", required_argument, NULL, OPTION_CONNECTION_LIMIT},
                                      {"connection-rate", required_argument, NULL, OPTION_CONNECTION_RATE},
                                      {"connection-queue", required_argument, NULL, OPTION_CONNECTION_QUEUE},
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
add_variable(struct options *options, char *text, struct drill_error *error)
{
   if (!variable_rules_accept(text, error)) {
      return false;
   }
   if (options->variable_count == OPTIONS_VARIABLES_MAX) {
      drill_error_set(error, "--env: more than %d variables", OPTIONS_VARIABLES_MAX);
      return false;
   }
   return options_copy(&options->variables[options->variable_count++], command_line_take(text), error);
}

static bool
add_mount(struct options *options, const char *path, struct drill_error *error)
{
   if (options->mount_count == OPTIONS_MOUNTS_MAX) {
      drill_error_set(error, "--mount: more than %d paths", OPTIONS_MOUNTS_MAX);
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
      drill_error_set(error, "%s takes the name of a variable, without a value; pass the URI with --uri", option);
      return false;
   }
   *variable = text;
   return variable_rules_accept_name(option, text, strlen(text), error);
}

static bool
set_server(struct options *options, const char *text, struct drill_error *error)
{
   if (command_line_is_delicate(text)) {
      drill_error_set(error, "--server takes HOST:PORT, not a connection string; pass that with --uri");
      return false;
   }
   options->server = text;
   return true;
}

static bool
set_expect(struct options *options, const char *text, struct drill_error *error)
{
   if (options->expect != NULL) {
      drill_error_set(error, "--expect is given twice; put all known failures into one file");
      return false;
   }
   options->expect = text;
   return true;
}

static bool
set_package(struct options *options, const char *text, struct drill_error *error)
{
   if (strstr(text, "://") != NULL) {
      drill_error_set(error, "the argument is a connection string, not a deployment package; pass it with --uri");
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
      return options_copy(&options->uri, command_line_take(value), error);
   case OPTION_URI_OPTIONS:
      return options_copy(&options->uri_options, command_line_take(value), error);
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
      return options_read_number("round-trip", value, 1, 1000, &options->round_trip_ms, error);
   case OPTION_OUTAGE_COMMAND:
      options->outage_command = value;
      return true;
   case OPTION_OUTAGE_TIMEOUT:
      return options_read_seconds("outage-timeout", value, 3600, &options->outage_timeout_ms, error);
   case OPTION_PHASES:
      options->all_phases = false;
      return options_phases_read(options, value, error);
   case OPTION_ALL:
      options->all_phases = true;
      return true;
   case OPTION_FREEZE:
      return options_read_seconds("freeze", value, 86400, &options->freeze_ms, error);
   case OPTION_REPEAT:
      return options_read_number("repeat", value, 1, REPEAT_MAX, &options->repeat, error);
   case OPTION_INSTANCES:
      return options_read_number("instances", value, 1, INSTANCES_MAX, &options->instances, error);
   case OPTION_CONNECTION_LIMIT:
      return connection_limit_read(&options->connection_limit, value, error);
   case OPTION_CONNECTION_RATE:
      return options_read_number("connection-rate", value, 1, 1000000, &options->connection_rate, error);
   case OPTION_CONNECTION_QUEUE:
      return options_read_number("connection-queue", value, 0, 1000000, &options->connection_queue, error);
   case OPTION_OVERLOAD_RATE:
      return options_read_number("overload-rate", value, 1, 1000000, &options->overload_rate, error);
   case OPTION_BASE_BACKOFF:
      return options_read_number("base-backoff", value, 1, 10000, &options->base_backoff_ms, error);
   case OPTION_CONCURRENCY:
      return options_read_number("concurrency", value, 1, CONCURRENCY_MAX, &options->concurrency, error);
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
      return options_read_seconds("timeout", value, 900, &options->timeout_ms, error);
   case OPTION_MEMORY:
      return options_read_number("memory", value, 16, 10240, &options->memory_mb, error);
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
         drill_error_set(error, "--%s needs a value, found \"--\" (see --help)", known[place].name);
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
      drill_error_set(
         error, "one deployment package is expected, and there are %d more arguments (see --help)", argc - optind);
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
       options_phases_read(options, phases, error) && read_arguments(options, argc, argv, error) &&
       (options->action != ACTION_DRILL || options_check(options, error))) {
      return true;
   }
   options_clear(options);
   return false;
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
