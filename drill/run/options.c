#include "options.h"

#include "command_line.h"
#include "variable_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TIMES_MAX 100000

enum {
   OWN_SERVER,
   OWN_URI,
   OWN_URI_OPTIONS,
   OWN_URI_VARIABLE,
   OWN_URI_FILE_VARIABLE,
   OWN_PHASES,
   OWN_CONNECTION_LIMIT,
   OWN_PLATFORM,
   OWN_REQUEST,
   OWN_CLIENT,
   OWN_ENV,
   OWN_MOUNT,
   OWN_EXPECT,
};

static const struct command_line_option known[] = {
   OPTION_OWN("server", OWN_SERVER),
   OPTION_TEXT("server-command", struct options, database.server_command),
   OPTION_OWN("uri", OWN_URI),
   OPTION_OWN("uri-options", OWN_URI_OPTIONS),
   OPTION_OWN("uri-variable", OWN_URI_VARIABLE),
   OPTION_OWN("uri-file-variable", OWN_URI_FILE_VARIABLE),
   OPTION_FLAG("secure", struct options, database.secure),
   OPTION_FLAG("srv", struct options, database.srv),
   OPTION_NUMBER("round-trip", struct options, database.round_trip_ms, 1, 1000, NULL),
   OPTION_TEXT("outage-command", struct options, database.outage_command),
   OPTION_SECONDS("outage-timeout", struct options, database.outage_timeout_ms, 3600),
   OPTION_OWN("phases", OWN_PHASES),
   OPTION_FLAG("all", struct options, all_phases),
   OPTION_SECONDS("freeze", struct options, freeze_ms, 86400),
   OPTION_NUMBER("repeat", struct options, repeat, 1, 100000, NULL),
   OPTION_NUMBER("instances", struct options, instances, 1, 200, NULL),
   OPTION_OWN("connection-limit", OWN_CONNECTION_LIMIT),
   OPTION_NUMBER("connection-rate", struct options, connection_rate, 1, 1000000, NULL),
   OPTION_NUMBER("connection-queue", struct options, connection_queue, 0, 1000000, NULL),
   OPTION_NUMBER("overload-rate", struct options, overload_rate, 1, 1000000, NULL),
   OPTION_NUMBER("base-backoff", struct options, base_backoff_ms, 1, 10000, NULL),
   OPTION_NUMBER("concurrency", struct options, concurrency, 1, 64, NULL),
   OPTION_OWN("platform", OWN_PLATFORM),
   OPTION_TEXT("command", struct options, command),
   OPTION_OWN("request", OWN_REQUEST),
   OPTION_TEXT("handler", struct options, handler),
   OPTION_TEXT("logical-id", struct options, logical_id),
   OPTION_OWN("client", OWN_CLIENT),
   OPTION_OWN("env", OWN_ENV),
   OPTION_OWN("mount", OWN_MOUNT),
   OPTION_SECONDS("timeout", struct options, timeout_ms, 900),
   OPTION_NUMBER("memory", struct options, memory_mb, 16, 10240, NULL),
   OPTION_OWN("expect", OWN_EXPECT),
   OPTION_TEXT("output", struct options, output),
   OPTION_FLAG("quiet", struct options, quiet),
   OPTION_ACTION("version", struct options, action, ACTION_VERSION),
   OPTION_ACTION("help", struct options, action, ACTION_HELP),
};

/* Replaces *text by copy and takes ownership of it. A copy of NULL means that memory ran out. */
static bool
keep(char **text, char *copy, struct drill_error *error)
{
   free(*text);
   *text = copy;
   if (copy == NULL) {
      drill_error_set(error, "out of memory: could not store the command line");
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
      return drill_error_false(error, "--env: more than %d variables", OPTIONS_VARIABLES_MAX);
   }
   return keep(&options->variables[options->variable_count++], command_line_take(text), error);
}

static bool
add_mount(struct options *options, const char *path, struct drill_error *error)
{
   if (options->mount_count == OPTIONS_MOUNTS_MAX) {
      return drill_error_false(error, "--mount: more than %d paths", OPTIONS_MOUNTS_MAX);
   }
   options->mounts[options->mount_count++] = path;
   return true;
}

static bool
set_client(struct options *options, const char *text, struct drill_error *error)
{
   if (strcmp(text, "pool") != 0 && strcmp(text, "single") != 0) {
      return drill_error_false(error, "--client: expected pool or single, found \"%.100s\"", command_line_shown(text));
   }
   options->client = text;
   return true;
}

/* Parses one NAME or NAME*TIMES; text is length bytes long. */
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
      if (!command_line_number(times, 1, TIMES_MAX, &step->times)) {
         return drill_error_false(error,
                                  "--phases: expected a whole number from 1 to %d after *, found \"%s\"",
                                  TIMES_MAX,
                                  command_line_shown(times));
      }
   }
   step->kind = phase_kind_find(text, name_length);
   if (step->kind != NULL) {
      return true;
   }
   char names[200];
   phase_kind_names(names, sizeof names, false);
   return drill_error_false(error,
                            "--phases: no phase \"%.*s\"; choose from %s",
                            (int)(length < 100 ? length : 100),
                            command_line_shown(text),
                            names);
}

/* Parses a list such as "cold,frozen*100". */
static bool
read_phases(struct options *options, const char *list, struct drill_error *error)
{
   options->step_count = 0;
   for (const char *text = list;; text++) {
      size_t length = strcspn(text, ",");
      if (options->step_count == OPTIONS_STEPS_MAX) {
         return drill_error_false(error, "--phases: more than %d phases", OPTIONS_STEPS_MAX);
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

static bool
set_variable_name(const char **variable, const char *option, const char *text, struct drill_error *error)
{
   if (strcspn(text, "=") != strlen(text) || command_line_is_delicate(text)) {
      return drill_error_false(
         error, "%s takes the name of a variable, without a value; pass the URI with --uri", option);
   }
   *variable = text;
   return variable_rules_accept_name(option, text, strlen(text), error);
}

static bool
set_server(struct options *options, const char *text, struct drill_error *error)
{
   if (command_line_is_delicate(text)) {
      return drill_error_false(error, "--server takes HOST:PORT, not a connection string; pass that with --uri");
   }
   options->database.server = text;
   return true;
}

static bool
set_expect(struct options *options, const char *text, struct drill_error *error)
{
   if (options->expect != NULL) {
      return drill_error_false(error, "--expect is given twice; put all known failures into one file");
   }
   options->expect = text;
   return true;
}

static bool
set_package(struct options *options, const char *text, struct drill_error *error)
{
   if (strstr(text, "://") != NULL) {
      return drill_error_false(error,
                               "the argument is a connection string, not a deployment package; pass it with --uri");
   }
   options->package = text;
   return true;
}

#define LIMIT_MAX 1000000

/* Atlas limits connections per node and reserves 10 of them: "Connection Limits and Cluster Tier",
 * https://www.mongodb.com/docs/atlas/reference/atlas-limits/ */
#define RESERVED 10

static const struct {
   const char *tier;
   unsigned per_node;
} tiers[] = {
   {"M0", 500},
   {"M2", 500},
   {"M5", 500},
   {"M10", 1500},
   {"M20", 3000},
   {"M30", 3000},
   {"M40", 6000},
   {"M50", 16000},
};

/* Returns false with error set if text is neither a number nor a tier. */
static bool
set_connection_limit(struct connection_limit *limit, const char *text, struct drill_error *error)
{
   for (size_t i = 0; i < sizeof tiers / sizeof tiers[0]; i++) {
      if (strcasecmp(tiers[i].tier, text) == 0) {
         *limit = (struct connection_limit){tiers[i].tier, tiers[i].per_node, tiers[i].per_node - RESERVED};
         return true;
      }
   }
   char *end = NULL;
   errno = 0;
   long number = strtol(text, &end, 10);
   if (errno != 0 || end == text || *end != '\0' || number < 1 || number > LIMIT_MAX) {
      drill_error_set(error,
                      "--connection-limit: expected a number from 1 to %d or an Atlas tier (M0, M2, M5, M10, M20, M30, "
                      "M40, M50), found \"%.100s\"",
                      LIMIT_MAX,
                      command_line_shown(text));
      return false;
   }
   *limit = (struct connection_limit){NULL, (unsigned)number, (unsigned)number};
   return true;
}

static bool
take(struct options *options, int own, char *value, struct drill_error *error)
{
   switch (own) {
   case OWN_SERVER:
      return set_server(options, value, error);
   case OWN_URI:
      return keep(&options->database.uri, command_line_take(value), error);
   case OWN_URI_OPTIONS:
      return keep(&options->database.uri_options, command_line_take(value), error);
   case OWN_URI_VARIABLE:
      return set_variable_name(&options->uri_variable, "--uri-variable", value, error);
   case OWN_URI_FILE_VARIABLE:
      return set_variable_name(&options->database.uri_file_variable, "--uri-file-variable", value, error);
   case OWN_PHASES:
      options->all_phases = false;
      return read_phases(options, value, error);
   case OWN_CONNECTION_LIMIT:
      return set_connection_limit(&options->connection_limit, value, error);
   case OWN_PLATFORM:
      return options_platform_set(options, value, error);
   case OWN_REQUEST:
      return options_platform_request(options, value, error);
   case OWN_CLIENT:
      return set_client(options, value, error);
   case OWN_ENV:
      return add_variable(options, value, error);
   case OWN_MOUNT:
      return add_mount(options, value, error);
   default:
      return set_expect(options, value, error);
   }
}

static bool
read_arguments(struct options *options, int argc, char **argv, struct drill_error *error)
{
   struct command_line line;
   command_line_init(&line, known, sizeof known / sizeof known[0], options, argc, argv);
   int own;
   while ((own = command_line_next(&line)) >= 0) {
      if (!take(options, own, line.value, error)) {
         return false;
      }
   }
   if (own == COMMAND_LINE_WRONG) {
      return drill_error_false(error, "%s", line.message);
   }
   options->database.secure = options->database.secure || options->database.srv;
   if (optind < argc && !set_package(options, argv[optind++], error)) {
      return false;
   }
   if (optind < argc) {
      return drill_error_false(
         error, "one deployment package is expected, and there are %d more arguments (see --help)", argc - optind);
   }
   return true;
}

/* The URI of the user's own deployment, unless another database is given. */
static bool
fill_from_environment(struct options *options, struct drill_error *error)
{
   const char *uri = getenv("MONGODB_URI");
   bool given =
      options->database.uri != NULL || options->database.server != NULL || options->database.server_command != NULL;
   return given || uri == NULL || uri[0] == '\0' || keep(&options->database.uri, strdup(uri), error);
}

bool
options_init(struct options *options, int argc, char **argv, struct drill_error *error)
{
   memset(options, 0, sizeof *options);
   options->repeat = 1;
   options->uri_variable = "MONGODB_URI";
   options->freeze_ms = 60000;
   options->overload_rate = OPTIONS_OVERLOAD_RATE_DEFAULT;
   options->database.outage_timeout_ms = 300000;
   options->output = OPTIONS_OUTPUT_DEFAULT;
   char phases[200];
   phase_kind_names(phases, sizeof phases, true);
   if (set_connection_limit(&options->connection_limit, CONNECTION_LIMIT_DEFAULT, error) &&
       read_phases(options, phases, error) && read_arguments(options, argc, argv, error) &&
       (options->action != ACTION_DRILL || (fill_from_environment(options, error) && options_check(options, error)))) {
      return true;
   }
   options_clear(options);
   return false;
}

void
options_clear(struct options *options)
{
   free(options->database.uri);
   options->database.uri = NULL;
   free(options->database.uri_options);
   options->database.uri_options = NULL;
   for (size_t i = 0; i < options->variable_count; i++) {
      free(options->variables[i]);
   }
   options->variable_count = 0;
   sam_template_clear(&options->template);
}
