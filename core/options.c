#include "options.h"

#include "error.h"
#include "lane.h"

#include <stdlib.h>
#include <string.h>

#define ERROR_TYPE "Harness.BadOption"
#define LOG_LEVEL_NONE ((enum faas_log_level)99)

const char options_help[] = "Usage: faas-harness [OPTION]...\n"
                            "\n"
                            "Run MongoDB's FaaS scenario, one insert and one delete, for every event a provider\n"
                            "delivers, and answer each with a report of what the driver did around them.\n"
                            "\n"
                            "  MONGODB_URI=mongodb://127.0.0.1:27017 faas-harness </dev/null\n"
                            "  printf '{}{}{}' | faas-harness --uri mongodb://127.0.0.1:27017 --events\n"
                            "\n"
                            "What runs:\n"
                            "  --uri URI               the database (default: $MONGODB_URI)\n"
                            "  --client pool|single    the driver's client: a pool, which has background threads\n"
                            "                          and may stream, or a single-threaded one (default: pool)\n"
                            "  --scenario mongodb|echo\n"
                            "                          echo answers every event with itself, without a database\n"
                            "                          (default: mongodb)\n"
                            "  --timeout MS            end an invocation after MS milliseconds with an error that\n"
                            "                          shows what happened until then (default: the platform's\n"
                            "                          deadline, if it has one)\n"
                            "  --workers N             the most invocations to run at once, if the platform\n"
                            "                          has several open (default: as many as it has, up to 64)\n"
                            "  --events                put every event into the report, not just counts\n"
                            "\n"
                            "Where:\n"
                            "  --provider NAME|PATH    the platform (default: $FAAS_HARNESS_PROVIDER, else\n"
                            "                          aws_lambda if $AWS_LAMBDA_RUNTIME_API is set, openwhisk if\n"
                            "                          $__OW_ACTION_NAME is, else local), or the path of a\n"
                            "                          shared object, with a slash in it\n"
                            "  --option NAME=VALUE     an option of the provider; may be repeated\n"
                            "  --list-providers        list the providers installed with this program\n"
                            "  --describe-provider NAME|PATH\n"
                            "                          print what a provider is for, and its options\n"
                            "\n"
                            "  --log-level debug|info|warning|error\n"
                            "                          the least severe messages to log to stderr (default:\n"
                            "                          info)\n"
                            "  --version               print the version, and the driver in use\n"
                            "  --help                  print this text\n"
                            "\n"
                            "Exit status: 0 if every invocation succeeded, 1 if one failed, 2 if the program\n"
                            "could not start.\n";

/* Those that a variable can set come first. */
enum { KNOWN_CLIENT, KNOWN_SCENARIO, KNOWN_TIMEOUT, KNOWN_WORKERS, KNOWN_LOG_LEVEL };
enum { OWN_URI, OWN_OPTION, OWN_PROVIDER, OWN_DESCRIBE };

static const struct command_line_option known[] = {
   [KNOWN_CLIENT] = OPTION_CHOICE("client", struct options, client_mode, "pool|single"),
   [KNOWN_SCENARIO] = OPTION_CHOICE("scenario", struct options, scenario, "mongodb|echo"),
   [KNOWN_TIMEOUT] = OPTION_NUMBER("timeout", struct options, timeout_ms, 1, OPTIONS_TIMEOUT_MAX_MS, "milliseconds"),
   [KNOWN_WORKERS] = OPTION_NUMBER("workers", struct options, workers, 1, LANES_MAX, NULL),
   [KNOWN_LOG_LEVEL] = OPTION_CHOICE("log-level", struct options, log_level, "debug|info|warning|error"),
   OPTION_OWN("uri", OWN_URI),
   OPTION_FLAG("events", struct options, with_events),
   OPTION_OWN("provider", OWN_PROVIDER),
   OPTION_PAIR("option", OWN_OPTION),
   OPTION_ACTION("list-providers", struct options, action, ACTION_LIST_PROVIDERS),
   OPTION_OWN("describe-provider", OWN_DESCRIBE),
   OPTION_ACTION("version", struct options, action, ACTION_VERSION),
   OPTION_ACTION("help", struct options, action, ACTION_HELP),
};

#define KNOWN_COUNT (sizeof known / sizeof known[0])

static bool
add_provider_option(struct options *options, const struct named_value *option, struct faas_error *error)
{
   if (options->provider_option_count == OPTIONS_PROVIDER_MAX) {
      faas_error_set(error, ERROR_TYPE, "--option: more than %d options", OPTIONS_PROVIDER_MAX);
      return false;
   }
   options->provider_options[options->provider_option_count++] = *option;
   return true;
}

/* uri is a copy, owned by options from here on. */
static bool
set_uri(struct options *options, char *uri, struct faas_error *error)
{
   free(options->uri);
   options->uri = uri;
   if (uri == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", "out of memory for the command line");
      return false;
   }
   return true;
}

static bool
set_provider(struct options *options, const char *option, const char *text, struct faas_error *error)
{
   if (strstr(text, "://") != NULL) {
      faas_error_set(
         error, ERROR_TYPE, "--%s takes a name or a path, not a connection string; pass that with --uri", option);
      return false;
   }
   options->provider = text;
   return true;
}

static bool
take(struct options *options, int own, const struct command_line *line, struct faas_error *error)
{
   switch (own) {
   case OWN_URI:
      return set_uri(options, command_line_take(line->value), error);
   case OWN_OPTION:
      return add_provider_option(options, &line->pair, error);
   case OWN_DESCRIBE:
      options->action = ACTION_DESCRIBE_PROVIDER;
      return set_provider(options, "describe-provider", line->value, error);
   default:
      return set_provider(options, "provider", line->value, error);
   }
}

static bool
is_set(const char *name)
{
   const char *value = getenv(name);
   return value != NULL && value[0] != '\0';
}

/* A platform passes no arguments, so every option of a run can also be set by a variable. An argument takes
 * precedence. */
static bool
apply_environment(struct options *options, struct command_line *line, struct faas_error *error)
{
   static const struct {
      const char *variable;
      size_t option;
   } twins[] = {{"FAAS_HARNESS_SCENARIO", KNOWN_SCENARIO},
                {"FAAS_HARNESS_CLIENT", KNOWN_CLIENT},
                {"FAAS_HARNESS_TIMEOUT", KNOWN_TIMEOUT},
                {"FAAS_HARNESS_WORKERS", KNOWN_WORKERS},
                {"FAAS_HARNESS_LOG_LEVEL", KNOWN_LOG_LEVEL}};
   for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
      const char *variable = twins[i].variable;
      if (is_set(variable) && !command_line_set(line, &known[twins[i].option], getenv(variable))) {
         faas_error_set(error, ERROR_TYPE, "%s, %s", variable, line->message);
         return false;
      }
   }
   options->with_events = is_set("FAAS_HARNESS_EVENTS") && strcmp(getenv("FAAS_HARNESS_EVENTS"), "0") != 0;
   return true;
}

static bool
fill_from_environment(struct options *options, struct faas_error *error)
{
   if (options->provider == NULL) {
      options->provider = is_set("FAAS_HARNESS_PROVIDER")    ? getenv("FAAS_HARNESS_PROVIDER")
                          : is_set("AWS_LAMBDA_RUNTIME_API") ? "aws_lambda"
                          : is_set("__OW_ACTION_NAME")       ? "openwhisk"
                                                             : "local";
   }
   return options->uri != NULL || !is_set("MONGODB_URI") || set_uri(options, strdup(getenv("MONGODB_URI")), error);
}

bool
options_init(struct options *options, int argc, char **argv, struct faas_error *error)
{
   *options = (struct options){.log_level = LOG_LEVEL_NONE};
   struct command_line line;
   command_line_init(&line, known, KNOWN_COUNT, options, argc, argv);
   if (!apply_environment(options, &line, error)) {
      goto failed;
   }
   int own;
   while ((own = command_line_next(&line)) >= 0) {
      if (!take(options, own, &line, error)) {
         goto failed;
      }
   }
   if (own == COMMAND_LINE_WRONG) {
      faas_error_set(error, ERROR_TYPE, "%s", line.message);
      goto failed;
   }
   options->log_level_given = options->log_level != LOG_LEVEL_NONE;
   options->log_level = options->log_level_given ? options->log_level : FAAS_LOG_INFO;
   if (optind < argc) {
      faas_error_set(error, ERROR_TYPE, "unexpected argument (see --help; pass the database with --uri)");
      goto failed;
   }
   if (!fill_from_environment(options, error)) {
      goto failed;
   }
   return true;

failed:
   options_clear(options);
   return false;
}

void
options_clear(struct options *options)
{
   free(options->uri);
   options->uri = NULL;
}
